// Prints each entry of an archive as a line of JSON: name, kind, size, SHA-256 (of nothing for a plain tar).
package main

import (
	"archive/tar"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
)

func main() {
	file, err := os.Open(os.Args[1])
	check(err)
	var source io.Reader = file
	zipped := strings.HasSuffix(os.Args[1], ".gz")
	if zipped {
		source, err = gzip.NewReader(file)
		check(err)
	}
	archive := tar.NewReader(source)
	out := json.NewEncoder(os.Stdout)
	for {
		entry, err := archive.Next()
		if err == io.EOF {
			return
		}
		check(err)
		digest := sha256.New()
		if zipped {
			_, err = io.Copy(digest, archive)
			check(err)
		}
		kind := "file"
		if entry.Typeflag == tar.TypeDir {
			kind = "folder"
		}
		check(out.Encode([]any{entry.Name, kind, entry.Size, hex.EncodeToString(digest.Sum(nil))}))
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
