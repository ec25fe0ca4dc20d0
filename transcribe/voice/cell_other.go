//go:build !amd64

package voice

func fastest() (step stepFunc, columns int) { return cellGo, 24 }
