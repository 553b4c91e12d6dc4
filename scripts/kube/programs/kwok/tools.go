//go:build tools

// Package tools names the program, so that go.mod and go.sum cover all that it is built from.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
