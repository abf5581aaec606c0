package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var embedded embed.FS

// EmbeddedApp is the folder with the app that was built into the program; it has no index.html if none was.
func EmbeddedApp() fs.FS { return embeddedFolder(embedded, "dist") }

func embeddedFolder(files fs.FS, name string) fs.FS {
	folder, err := fs.Sub(files, name)
	if err != nil {
		panic("web: embedded folder: " + err.Error()) // the names are fixed
	}
	return folder
}
