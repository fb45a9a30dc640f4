// The official Pulumi plugin for Kubernetes, built from its module (about release 4.25).
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

// The build copies both files here from the module.
//
//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

// Set by the build.
var version string

func main() {
	provider.Serve("kubernetes", version, schema, mapping)
}
