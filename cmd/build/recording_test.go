package main

import (
	"slices"
	"testing"
)

func TestMeasuredBy(t *testing.T) {
	got := measuredBy("=== RUN   TestRecordStart\n" +
		"    record_load_test.go:106: first durable sample after 80ms (median of 5)\n" +
		"--- PASS: TestRecordStart (1.62s)\n" +
		"BenchmarkCallback\nBenchmarkCallback-2 \t 1000000\t      1905 ns/op\t       0 B/op\t       0 allocs/op\n" +
		"PASS\nok  \texample.com/x_test.go:1: no\t5.0s\n")
	want := []string{"first durable sample after 80ms (median of 5)", "1000000 1905 ns/op 0 B/op 0 allocs/op"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
