package main

import (
	"bufio"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
)

// cpu is what the compiler may use of this machine's processor.
//
// The flags are named one by one, and never AMX: with GGML_NATIVE the compiler
// takes all that it finds, and on machines with AMX the kernels it then builds
// crash with q8_0 weights (SIGSEGV at ldtilecfg).
type cpu struct {
	flags []string // CMake options that are ON, without "GGML_"
	arch  string   // GGML_CPU_ARM_ARCH, on arm64
}

// x86 lists each CMake option with the processor features, in the words of
// /proc/cpuinfo, that must all be there.
var x86 = []struct {
	option string
	needs  string
}{
	{"SSE42", "sse4_2"},
	{"AVX", "avx"},
	{"AVX2", "avx2"},
	{"BMI2", "bmi2"},
	{"FMA", "fma"},
	{"F16C", "f16c"},
	{"AVX_VNNI", "avx_vnni"},
	{"AVX512", "avx512f avx512cd avx512vl avx512dq avx512bw"},
	{"AVX512_VBMI", "avx512f avx512vl avx512bw avx512vbmi"},
	{"AVX512_VNNI", "avx512f avx512vl avx512bw avx512_vnni"},
	{"AVX512_BF16", "avx512f avx512vl avx512bw avx512_bf16"},
}

// neverOn are options that stay OFF whatever the machine has.
var neverOn = []string{"AMX_TILE", "AMX_INT8", "AMX_BF16"}

// thisCPU looks at the machine.
func thisCPU() cpu {
	switch runtime.GOARCH {
	case "amd64":
		return x86CPU(features())
	case "arm64":
		return armCPU(features())
	}
	return cpu{}
}

func x86CPU(has []string) cpu {
	var c cpu
	for _, o := range x86 {
		all := true
		for _, f := range strings.Fields(o.needs) {
			all = all && slices.Contains(has, f)
		}
		if all {
			c.flags = append(c.flags, o.option)
		}
	}
	return c
}

// armCPU names the architecture for the compiler: NEON is always there, dot
// products and half floats since ARMv8.2, matrix products since ARMv8.6.
func armCPU(has []string) cpu {
	c := cpu{arch: "armv8-a"}
	for _, f := range []struct{ feature, arch string }{
		{"asimddp", "dotprod"},
		{"asimdhp", "fp16"},
		{"i8mm", "i8mm"},
	} {
		if slices.Contains(has, f.feature) {
			c.arch = strings.Replace(c.arch, "armv8-a", "armv8.2-a", 1) + "+" + f.arch
		}
	}
	return c
}

// String names the flags for `version` and for the digest.
func (c cpu) String() string {
	if c.arch != "" {
		return c.arch
	}
	if len(c.flags) == 0 {
		return runtime.GOARCH
	}
	return strings.Join(c.flags, ",")
}

// options are the CMake definitions.
func (c cpu) options() []string {
	var out []string
	if runtime.GOARCH == "amd64" {
		for _, o := range x86 {
			on := "OFF"
			if slices.Contains(c.flags, o.option) {
				on = "ON"
			}
			out = append(out, "-DGGML_"+o.option+"="+on)
		}
		for _, o := range neverOn {
			out = append(out, "-DGGML_"+o+"=OFF")
		}
	}
	if c.arch != "" {
		out = append(out, "-DGGML_CPU_ARM_ARCH="+c.arch)
	}
	return out
}

// features are the processor's features in the words of Linux.
func features() []string {
	switch runtime.GOOS {
	case "linux":
		return linuxFeatures("/proc/cpuinfo")
	case "darwin":
		return darwinFeatures()
	}
	return nil
}

func linuxFeatures(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		name, value, _ := strings.Cut(in.Text(), ":")
		if name = strings.TrimSpace(name); name == "flags" || name == "Features" {
			return strings.Fields(value)
		}
	}
	return nil
}

// darwinNames turns Apple's words into those of Linux.
var darwinNames = map[string]string{
	"sse4.2": "sse4_2", "avx1.0": "avx", "avx512vnni": "avx512_vnni", "avx512bf16": "avx512_bf16",
	"hw.optional.arm.feat_dotprod": "asimddp", "hw.optional.arm.feat_fp16": "asimdhp", "hw.optional.arm.feat_i8mm": "i8mm",
}

func darwinFeatures() []string {
	var has []string
	if runtime.GOARCH == "arm64" {
		for _, key := range []string{"hw.optional.arm.FEAT_DotProd", "hw.optional.arm.FEAT_FP16", "hw.optional.arm.FEAT_I8MM"} {
			out, err := exec.Command("sysctl", "-n", key).Output()
			if err == nil && strings.TrimSpace(string(out)) == "1" {
				has = append(has, strings.ToLower(key))
			}
		}
	} else {
		out, _ := exec.Command("sysctl", "-n", "machdep.cpu.features", "machdep.cpu.leaf7_features").Output()
		has = strings.Fields(strings.ToLower(string(out)))
	}
	for i, f := range has {
		if name := darwinNames[f]; name != "" {
			has[i] = name
		}
	}
	return has
}
