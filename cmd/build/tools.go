package main

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// tool is a program that the set-up calls, with the package that brings it on
// each kind of system.
type tool struct {
	name  string // for people
	found func() bool
	pack  map[string]string // by system
}

// systems, as far as we know how to install there.
const (
	debian = "debian"
	fedora = "fedora"
	suse   = "suse"
	arch   = "arch"
	macOS  = "macos"
)

func have(names ...string) func() bool {
	return func() bool {
		return slices.ContainsFunc(names, func(n string) bool { _, err := exec.LookPath(n); return err == nil })
	}
}

var (
	cxx = tool{
		"a C++ compiler", func() bool { return compilerC() != "" && compilerCXX() != "" },
		map[string]string{debian: "g++", fedora: "gcc-c++", suse: "gcc-c++", arch: "gcc", macOS: xcode},
	}
	cmakeTool = tool{
		"CMake", have("cmake"),
		map[string]string{debian: "cmake", fedora: "cmake", suse: "cmake", arch: "cmake", macOS: "cmake"},
	}
	maker = tool{
		"make", have("make", "gmake", "ninja", "mingw32-make"),
		map[string]string{debian: "make", fedora: "make", suse: "make", arch: "make", macOS: xcode},
	}
	npm = tool{
		"npm (or git)", have("npm", "git"),
		map[string]string{debian: "npm", fedora: "npm", suse: "npm-default", arch: "npm", macOS: "node"},
	}
	pip = tool{
		"Python with pip", havePip,
		map[string]string{debian: "python3-pip", fedora: "python3-pip", suse: "python3-pip", arch: "python-pip", macOS: "python"},
	}
)

// xcode is no package: Apple's own installer brings compiler and make.
const xcode = "xcode-select"

func havePip() bool {
	return exec.Command("python3", "-m", "pip", "--version").Run() == nil
}

// What a part of the set-up needs.
type needs func(s *shop) []tool

// forBuilding: whisper.cpp itself.
func forBuilding(s *shop) []tool {
	all := []tool{cxx, cmakeTool, maker}
	if os.Getenv("WHISPER_SRC") == "" && !exists(s.path("source", "whisper.cpp-"+whisperVersion)) {
		all = append(all, npm)
	}
	return all
}

// forCompiling: the program, and whisper.cpp where no build of it is in the
// cache. (Where one is, of another compiler perhaps, buildLibrary asks again.)
func forCompiling(s *shop) []tool {
	if built, _ := filepath.Glob(s.path("whisper", "*", "library.json")); len(built) > 0 {
		return []tool{cxx}
	}
	return forBuilding(s)
}

// need returns nil if all tools are there, else one error that names every
// missing one, with the one command that installs them.
func (s *shop) need(ctx context.Context, parts ...needs) error {
	var names []string
	var missing []tool
	for _, part := range parts {
		for _, t := range part(s) {
			if !slices.Contains(names, t.name) && !t.found() {
				names = append(names, t.name)
				missing = append(missing, t)
			}
		}
	}
	if len(missing) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	if len(missing) == 1 && missing[0].name == pip.name {
		return nil // there is another way to the models
	}
	err := models.Errorf(models.Internal, "find what the set-up needs: %s is missing", strings.Join(names, ", "))
	if how := installCommand(thisSystem(), missing, os.Geteuid() == 0); how != "" {
		return models.WithHint(err, "install with: %s", how)
	}
	return models.WithHint(err, "install it with your system's package manager")
}

// installCommand is the one line that installs all of missing, or empty on a
// system that we do not know.
func installCommand(system string, missing []tool, root bool) string {
	manager := map[string]string{
		debian: "apt-get install -y", fedora: "dnf install -y", suse: "zypper install -y", arch: "pacman -S --needed", macOS: "brew install",
	}[system]
	if manager == "" {
		return ""
	}
	if !root && system != macOS {
		manager = "sudo " + manager
	}
	var packages []string
	apple := false
	for _, t := range missing {
		switch p := t.pack[system]; {
		case p == xcode:
			apple = true
		case p != "" && !slices.Contains(packages, p):
			packages = append(packages, p)
		}
	}
	line := manager + " " + strings.Join(packages, " ")
	switch {
	case apple && len(packages) == 0:
		return "xcode-select --install"
	case apple:
		return "xcode-select --install; " + line
	}
	return line
}

// thisSystem tells the family of the system by os-release.
func thisSystem() string {
	if runtime.GOOS == "darwin" {
		return macOS
	}
	for _, file := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		if b, err := os.ReadFile(file); err == nil {
			return systemOf(string(b))
		}
	}
	return ""
}

// systemOf reads os-release(5): ID, else ID_LIKE.
func systemOf(release string) string {
	families := map[string]string{
		"debian": debian, "ubuntu": debian, "linuxmint": debian, "raspbian": debian,
		"fedora": fedora, "rhel": fedora, "centos": fedora,
		"suse": suse, "opensuse": suse, "sles": suse, "opensuse-tumbleweed": suse, "opensuse-leap": suse,
		"arch": arch, "manjaro": arch,
	}
	var ids []string
	for in := bufio.NewScanner(strings.NewReader(release)); in.Scan(); {
		key, value, _ := strings.Cut(in.Text(), "=")
		value = strings.Trim(value, `"'`)
		switch key {
		case "ID":
			ids = slices.Insert(ids, 0, value)
		case "ID_LIKE":
			ids = append(ids, strings.Fields(value)...)
		}
	}
	for _, id := range ids {
		if f := families[id]; f != "" {
			return f
		}
	}
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }
