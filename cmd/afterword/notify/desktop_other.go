//go:build !linux

package notify

import "github.com/afterword/afterword/models"

// Desktop is a notification service, which this system has in another form.
type Desktop struct{}

// Open is NotServed on this system: 'afterword remind check' tells what is due.
func Open() (*Desktop, error) {
	return nil, models.Errorf(models.NotServed, "show notice: not on this system yet")
}

// Show shows nothing.
func (*Desktop) Show(Notice) (uint32, error) {
	return 0, models.Errorf(models.NotServed, "show notice: not on this system yet")
}

// Answers never come.
func (*Desktop) Answers() <-chan Answer { return nil }

// Close does nothing.
func (*Desktop) Close() error { return nil }
