// Go's own packages read a log that Linli published into a folder: the note, the tiles under it, and proofs out of them.
// Usage: check FOLDER VKEY < proofs.json; prints how many leaves and proofs hold.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type record struct {
	Index int64    `json:"index"`
	Leaf  string   `json:"leaf"`
	Path  []string `json:"path"`
}

type growth struct {
	Old  int64    `json:"old"`
	Root string   `json:"root"`
	Path []string `json:"path"`
}

type proofs struct {
	Records []record `json:"records"`
	Growths []growth `json:"growths"`
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hash(text string) (h tlog.Hash) {
	data, err := base64.StdEncoding.DecodeString(text)
	must(err)
	copy(h[:], data)
	return h
}

func hashes(texts []string) (found []tlog.Hash) {
	for _, text := range texts {
		found = append(found, hash(text))
	}
	return found
}

// folder is a reader of tiles as C2SP lays them out: without the height in their names.
type folder string

func (f folder) Height() int                         { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

func main() {
	place := folder(os.Args[1])
	key, err := note.NewVerifier(os.Args[2])
	must(err)
	signed, err := os.ReadFile(filepath.Join(string(place), "checkpoint"))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(key))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	tree := tlog.Tree{N: size, Hash: hash(lines[2])}
	reader := tlog.TileHashReader(tree, place)
	// The tree once more from its leaves: the reader of older releases does not look at every tile it reads.
	var stored []tlog.Hash
	built := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n := int64(0); n < size; n++ {
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		must(err)
		more, err := tlog.StoredHashesForRecordHash(n, leaf[0], built)
		must(err)
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(size, built)
	must(err)
	if root != tree.Hash {
		must(fmt.Errorf("the leaves do not lead to the signed root"))
	}
	var given proofs
	must(json.NewDecoder(os.Stdin).Decode(&given))
	for _, one := range given.Records {
		leaf, err := base64.StdEncoding.DecodeString(one.Leaf)
		must(err)
		must(tlog.CheckRecord(hashes(one.Path), size, tree.Hash, one.Index, tlog.RecordHash(leaf)))
	}
	for _, one := range given.Growths {
		must(tlog.CheckTree(hashes(one.Path), size, tree.Hash, one.Old, hash(one.Root)))
	}
	fmt.Println(size, len(given.Records), len(given.Growths))
}
