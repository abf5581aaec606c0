package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var embedded embed.FS

// EmbeddedApp is the folder with the app that was built into the program; it has no index.html if none was.
func EmbeddedApp() fs.FS {
	folder, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic("web: embedded folder: " + err.Error()) // the name is fixed above
	}
	return folder
}
