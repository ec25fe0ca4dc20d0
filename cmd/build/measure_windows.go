package main

import "os"

func largestProcess(*os.ProcessState) int64 { return 0 }

func treeMemory(int) int64 { return 0 }
