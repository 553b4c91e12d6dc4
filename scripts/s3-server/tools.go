//go:build tools

// Package tools names what is built from this module, so that go.sum pins all of it.
package tools

import _ "github.com/versity/versitygw/cmd/versitygw"
