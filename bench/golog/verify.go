// Checks a log that lies in a folder in the layout of C2SP tlog-tiles with Go's own
// golang.org/x/mod/sumdb packages: the note's signature, the root from the tiles, proofs of
// entries, and the consistency of a smaller tree.
//
//	go run verify.go FOLDER VKEY COUNT OLDSIZE
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// folder reads tiles; a partial tile has its width at the end of its path.
type folder struct{ root string }

func (f folder) Height() int                                { return height }
func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(tiles))
	for i, tile := range tiles {
		// Go writes tile/<height>/<level>/<number>; C2SP leaves out the height.
		parts := strings.SplitN(tile.Path(), "/", 3)
		data, err := os.ReadFile(filepath.Join(f.root, "tile", parts[2]))
		if err != nil {
			return nil, err
		}
		found[i] = data
	}
	return found, nil
}

func leaf(root string, index int64) []byte {
	tile := tlog.Tile{H: height, L: 0, N: index / 256, W: 256}
	name := strings.SplitN(tile.Path(), "/", 4)[3]
	path := filepath.Join(root, "tile", "entries", name)
	found, _ := filepath.Glob(path + ".p/*")
	if len(found) > 0 {
		path = found[0]
	}
	data, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	for i := int64(0); i < index%256; i++ {
		data = data[2+binary.BigEndian.Uint16(data):]
	}
	return data[2 : 2+binary.BigEndian.Uint16(data)]
}

func main() {
	root, key := os.Args[1], os.Args[2]
	count, _ := strconv.ParseInt(os.Args[3], 10, 64)
	old, _ := strconv.ParseInt(os.Args[4], 10, 64)
	began := time.Now()
	text, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		log.Fatal(err)
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		log.Fatal(err)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		log.Fatal(err)
	}
	head, err := tlog.ParseHash(lines[2])
	if err != nil {
		log.Fatal(err)
	}
	tree := tlog.Tree{N: size, Hash: head}
	reader := tlog.TileHashReader(tree, folder{root})
	for i := int64(0); i < count; i++ {
		index := i * (size - 1) / count
		proof, err := tlog.ProveRecord(size, index, reader)
		if err != nil {
			log.Fatal(err)
		}
		if err := tlog.CheckRecord(proof, size, head, index, tlog.RecordHash(leaf(root, index))); err != nil {
			log.Fatal(err)
		}
	}
	if old > 0 {
		proof, err := tlog.ProveTree(size, old, reader)
		if err != nil {
			log.Fatal(err)
		}
		small, err := tlog.TreeHash(old, reader)
		if err != nil {
			log.Fatal(err)
		}
		if err := tlog.CheckTree(proof, size, head, old, small); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("  Go's x/mod: signature, %d of %d entries and the tree of %d hold, %.2f s\n",
		count, size, old, time.Since(began).Seconds())
}
