package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// newDecode is the child process that reads sound files. A file made to hurt
// costs this process and nothing else.
func newDecode(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "decode", Hidden: true, DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			in, ok := a.stdin.(*os.File)
			if !ok {
				return usagef("decode is started by the program itself")
			}
			return audio.ServeDecode(cmd.Context(), args, in, a.stdout)
		},
	}
}

// newTryWeights loads a weights file and decodes a second of noise with it.
// Set-up runs it once for each kind of weights before that kind is offered: a
// kernel that this processor cannot run ends this process only.
func newTryWeights(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "try-weights PATH", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := openDesks(args[0], 1, false)
			if err != nil {
				return err
			}
			defer d.Close()
			_, err = d.transcribe(cmd.Context(), "", chunkNote{Language: "en"}, noise(models.Rate))
			return err
		},
	}
}

// noise is n samples that no engine takes for silence and skips.
func noise(n int) []int16 {
	out := make([]int16, n)
	x := uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = int16(x>>16) / 8
	}
	return out
}
