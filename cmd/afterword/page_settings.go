package main

import (
	"context"
	"os"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models/weights"
)

// place is what the settings page says: what stands in the file now, even where
// this process began with something else.
func (a *app) place() review.Place {
	set, origins, err := loadSettings(a.home, a.configFile)
	if err != nil { // it was broken meanwhile, by hand
		set, origins = a.set, a.origins
	}
	p := review.Place{ConfigFile: a.settingsFile(), Data: a.home.Data, Protection: string(a.vault.Kind())}
	for _, t := range settingTable {
		v := value(t.field(&set))
		text := strings.Trim(tomlValue(v), `"`)
		if list, ok := v.([]string); ok && len(list) == 0 {
			text = ""
		}
		p.Settings = append(p.Settings, review.Setting{Key: t.key, Value: text, Origin: origins[t.key], Help: t.help, Fixed: os.Getenv(t.env) != ""})
	}
	for _, w := range weights.Known() {
		if _, err := weights.Find(w.Name, a.home.WeightFolders()); err == nil && w.Speech() {
			p.Models = append(p.Models, w.Name)
		}
	}
	return p
}

// pageOptions are what the page can change besides the client's own words.
type pageOptions struct{ a *app }

func (p pageOptions) Choose(key, value string) error { return p.a.setSetting(key, value) }

func (p pageOptions) Enrolled(ctx context.Context) (bool, error) {
	prints, err := p.a.store.Prints(ctx)
	return len(prints) > 0, err
}

func (p pageOptions) ForgetVoice(ctx context.Context) error {
	_, err := p.a.store.ForgetPrints(ctx)
	return err
}
