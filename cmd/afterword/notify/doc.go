// Package notify shows a line on the desktop and hears what the person made of
// it: the notification service of the session bus (Desktop Notifications
// Specification 1.2, org.freedesktop.Notifications).
//
// The bus belongs to others: it may be missing, slow, or stop answering at any
// moment. So nothing here waits longer than patience, nothing is started that
// does not run, and whoever has lost a desktop opens another one.
package notify
