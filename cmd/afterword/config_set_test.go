package main

import "testing"

func TestWithSetting(t *testing.T) {
	for _, tt := range []struct{ name, text, key, v, want string }{
		{"an empty file", "", "model", `"base"`, "model = \"base\"\n"},
		{"in the place of the old one", "# mine\nmodel = \"tiny\" # fast\nstates = 1\n", "model", `"base"`, "# mine\nmodel = \"base\"\nstates = 1\n"},
		{"before the first table", "[nats]\nurl = \"\"\n", "states", "1", "states = 1\n[nats]\nurl = \"\"\n"},
		{"in its table", "[nats]\nurl = \"x\"", "nats.url", `"y"`, "[nats]\nurl = \"y\"\n"},
		{"a name that another table has", "[nats]\nword = 1\n[homework] # mine\n", "homework.word", `"practice"`, "[nats]\nword = 1\n[homework] # mine\nword = \"practice\"\n"},
		{"a table that is not there", "states = 1", "homework.word", `"practice"`, "states = 1\n\n[homework]\nword = \"practice\"\n"},
		{"a table without a line end", "[homework]", "homework.word", `"practice"`, "[homework]\nword = \"practice\"\n"},
	} {
		if got := withSetting(tt.text, tt.key, tt.v); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
