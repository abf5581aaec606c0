package doctor

import (
	"embed"
	"strings"
	"text/template"
)

//go:embed mends/*.txt
var mendFiles embed.FS

// programs are those that there are lines for, in the order in which they are shown.
var programs = []string{"Vitals", "nginx", "Caddy", "Traefik"}

// problem names a file of lines.
type problem string

const (
	problemAllowHost   problem = "allow-host"    // the server does not know its name
	problemBase        problem = "base"          // requests do not arrive below the path, or with the path still on
	problemBuffering   problem = "buffering"     // events are held back
	problemCompression problem = "compression"   // events are compressed
	problemHeaders     problem = "headers"       // headers of the request do not arrive
	problemIdle        problem = "idle"          // quiet streams are cut
	problemTrust       problem = "trusted-proxy" // the proxy's word on addresses is not believed
	problemUpgrade     problem = "upgrade"       // WebSockets do not arrive
	problemUpstream    problem = "upstream"      // the proxy does not reach the server
)

// site is what the lines are about.
type site struct {
	Name  string // such as vitals.example
	Path  string // such as /vitals/
	Bare  string // the path without its closing slash; empty for the root
	Proxy string // the address of the proxy as the server sees it
}

// mendsFor fills the lines for a problem. In the files, "== PROGRAM: PLACE" begins a piece.
func (s site) mendsFor(which problem) []Mend {
	text, err := mendFiles.ReadFile("mends/" + string(which) + ".txt")
	if err != nil {
		panic("doctor: " + err.Error())
	}
	var filled strings.Builder
	if err := template.Must(template.New(string(which)).Parse(string(text))).Execute(&filled, s); err != nil {
		panic("doctor: " + err.Error())
	}
	var mends []Mend
	for line := range strings.SplitSeq(strings.TrimSpace(filled.String()), "\n") {
		if heading, isHeading := strings.CutPrefix(line, "== "); isHeading {
			program, place, _ := strings.Cut(heading, ": ")
			mends = append(mends, Mend{Program: program, Place: place})
		} else if line != "" {
			last := &mends[len(mends)-1]
			last.Lines = append(last.Lines, line)
		}
	}
	return mends
}
