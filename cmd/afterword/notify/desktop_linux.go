package notify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/afterword/afterword/models"
)

const (
	service = "org.freedesktop.Notifications"
	object  = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Desktop is a connection to the notification service. It is for one goroutine.
type Desktop struct {
	conn    *dbus.Conn
	end     context.CancelFunc
	signals chan *dbus.Signal
	answers chan Answer
}

// Open connects to the bus of the person's session. NotServed where there is
// none. Close the desktop.
func Open() (*Desktop, error) {
	address := busAddress()
	if address == "" {
		return nil, models.Errorf(models.NotServed, "show notice: there is no desktop session")
	}
	ctx, cancel := context.WithCancel(context.Background())
	late := time.AfterFunc(patience, cancel) // a bus that accepts and says nothing
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err == nil && !late.Stop() {
		err = context.DeadlineExceeded
	}
	if err != nil {
		cancel()
		return nil, models.Errorf(models.NotServed, "reach the desktop session: %w", err)
	}
	d := &Desktop{conn: conn, end: cancel, signals: make(chan *dbus.Signal, 16), answers: make(chan Answer, 16)}
	wait, done := context.WithTimeout(ctx, patience)
	defer done()
	conn.Signal(d.signals)
	if err := conn.AddMatchSignalContext(wait, dbus.WithMatchInterface(service), dbus.WithMatchMember("ActionInvoked")); err != nil {
		d.Close()
		return nil, models.Errorf(models.NotServed, "listen to the desktop: %w", err)
	}
	go d.pass()
	return d, nil
}

// busAddress never starts a bus, as the library would.
func busAddress() string {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return a
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if bus := filepath.Join(dir, "bus"); exists(bus) {
			return "unix:path=" + bus
		}
	}
	return ""
}

func exists(name string) bool { _, err := os.Stat(name); return err == nil }

// pass hands answers on until the connection ends. One that nobody takes is
// dropped.
func (d *Desktop) pass() {
	defer close(d.answers)
	for s := range d.signals {
		var a Answer
		if s.Path != object || s.Name != service+".ActionInvoked" || dbus.Store(s.Body, &a.ID, &a.Key) != nil {
			continue
		}
		select {
		case d.answers <- a:
		default:
		}
	}
}

// Show shows a notice, quietly, and gives its number.
func (d *Desktop) Show(n Notice) (id uint32, err error) {
	wait, cancel := context.WithTimeout(d.conn.Context(), patience)
	defer cancel()
	var choices []string
	for _, c := range n.Choices {
		choices = append(choices, c.Key, c.Label)
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(byte(0)), "transient": dbus.MakeVariant(true)}
	call := d.conn.Object(service, object).CallWithContext(wait, service+".Notify", 0, "Afterword", uint32(0), "", n.Title, "", choices, hints, int32(-1))
	if err := call.Store(&id); err != nil {
		return 0, fmt.Errorf("show notice: %w", err)
	}
	return id, nil
}

// Answers end with the connection.
func (d *Desktop) Answers() <-chan Answer { return d.answers }

// Close ends the connection.
func (d *Desktop) Close() error {
	d.end()
	return d.conn.Close()
}
