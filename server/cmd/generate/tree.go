package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// tree is a part of a contract: a YAML or JSON document whose maps keep their order. The zero tree is what is absent.
type tree struct {
	document *document
	value    any
}

// document is a whole contract. References into other files stay links.
type document struct {
	root tree
}

// readContract reads a file of the folder protocol.
func readContract(root, name string) (tree, error) {
	text, err := os.ReadFile(filepath.Join(root, "protocol", name))
	if err != nil {
		return tree{}, fmt.Errorf("read contract: %w", err)
	}
	var value any
	if err := yaml.UnmarshalWithOptions(text, &value, yaml.UseOrderedMap()); err != nil {
		return tree{}, fmt.Errorf("read contract %s: %w", name, err)
	}
	whole := &document{}
	whole.root = tree{whole, value}
	return whole.root, nil
}

// entry is a key of a map with what it holds.
type entry struct {
	key   string
	value tree
}

// entries lists a map in its order, nothing for anything else.
func (t tree) entries() []entry {
	pairs, _ := t.value.(yaml.MapSlice)
	entries := make([]entry, 0, len(pairs))
	for _, pair := range pairs {
		entries = append(entries, entry{fmt.Sprint(pair.Key), tree{t.document, pair.Value}})
	}
	return entries
}

// items lists a sequence.
func (t tree) items() []tree {
	values, _ := t.value.([]any)
	items := make([]tree, 0, len(values))
	for _, value := range values {
		items = append(items, tree{t.document, value})
	}
	return items
}

// at goes down by keys.
func (t tree) at(keys ...string) tree {
	for _, key := range keys {
		below := tree{document: t.document}
		for _, entry := range t.entries() {
			if entry.key == key {
				below = entry.value
			}
		}
		t = below
	}
	return t
}

func (t tree) exists() bool { return t.value != nil }

// text is a scalar as text, empty for what is absent.
func (t tree) text() string {
	if t.value == nil {
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(t.value))
}

// follow goes where a reference within the document points to; references to other files are left.
func (t tree) follow() tree {
	target := t.at("$ref").text()
	path, isLocal := strings.CutPrefix(target, "#/")
	if !isLocal {
		return t
	}
	keys := strings.Split(path, "/")
	for i, key := range keys {
		keys[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
	}
	return t.document.root.at(keys...).follow()
}
