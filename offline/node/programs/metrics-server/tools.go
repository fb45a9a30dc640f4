//go:build tools

// Package tools names the program that is built as it is, so that `go mod tidy` keeps its module.
package tools

import _ "sigs.k8s.io/metrics-server/cmd/metrics-server"
