//go:build !linux

package notify

import (
	"runtime"

	"github.com/afterword/afterword/models"
)

// Desktop shows notices through a program of the system. It is for one
// goroutine.
type Desktop struct{ teller }

// Open is NotServed where the system has no such program: 'afterword remind
// check' tells what is due.
func Open() (*Desktop, error) {
	d := &Desktop{}
	switch runtime.GOOS {
	case "darwin":
		d.teller = macOS
	case "windows":
		d.teller = windows
		d.how = hidden
	default:
		return nil, models.Errorf(models.NotServed, "show notice: not on this system yet")
	}
	return d, d.find()
}

// Show shows a notice, quietly. Its choices are left out: there is no way to
// hear the answer.
func (d *Desktop) Show(n Notice) (id uint32, err error) { return 0, d.show(n.Title) }

// Answers never come.
func (*Desktop) Answers() <-chan Answer { return nil }

// Close does nothing.
func (*Desktop) Close() error { return nil }
