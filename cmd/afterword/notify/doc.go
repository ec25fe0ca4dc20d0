// Package notify shows a line on the desktop and, where the system lets it,
// hears what the person made of it.
//
//   - Linux: the notification service of the session bus (Desktop Notifications
//     Specification 1.2, org.freedesktop.Notifications), with answers.
//   - macOS: osascript; Windows: PowerShell, a toast without a sound. Both only
//     show. The text goes to them by standard input, for a command line can be
//     read by every other program.
//
// All of these belong to others: they may be missing, slow, or stop answering
// at any moment. So nothing here waits longer than a few seconds, nothing is
// started that does not run or ends at once, and whoever has lost a desktop
// opens another one.
package notify
