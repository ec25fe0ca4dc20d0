//go:build !linux

package main

import (
	"runtime"

	"github.com/afterword/afterword/models"
)

// look cannot look here.
func (w *watched) look() error {
	how := "'lsof -nP -i -a -c afterword' in a terminal lists its connections: 127.0.0.1 and ::1 are this computer"
	if runtime.GOOS == "windows" {
		how = "'Get-NetTCPConnection' in PowerShell lists connections by process: 127.0.0.1 and ::1 are this computer"
	}
	return models.WithHint(models.Errorf(models.Unusable, "connections are not looked at on this system"), "%s", how)
}
