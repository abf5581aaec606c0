package doctor

import "slices"

// Verdict is what a check came to.
type Verdict string

// The verdicts, the best first.
const (
	Pass Verdict = "pass"
	Skip Verdict = "skip" // not checked, the message says why
	Warn Verdict = "warn" // works, but not as well as it could
	Fail Verdict = "fail" // breaks something for viewers
)

// Finding is the result of one check.
type Finding struct {
	Check   string  `json:"check"`           // such as websocket
	Verdict Verdict `json:"verdict"`         // pass, skip, warn or fail
	Message string  `json:"message"`         // one sentence for people
	Mends   []Mend  `json:"mends,omitempty"` // lines that mend it
}

// Mend is a piece of configuration.
type Mend struct {
	Program string   `json:"program"` // nginx, Caddy, Traefik or Vitals
	Place   string   `json:"place"`   // where the lines belong, in words
	Lines   []string `json:"lines"`   //
}

// Report is all that was found about a server.
type Report struct {
	URL      string    `json:"url"`
	Server   string    `json:"server,omitempty"` // the version of Vitals
	Proxy    string    `json:"proxy,omitempty"`  // what stands before it, as far as it says so
	Findings []Finding `json:"findings"`
}

// Healthy reports whether nothing is to be mended.
func (r *Report) Healthy() bool {
	return !slices.ContainsFunc(r.Findings, func(finding Finding) bool {
		return finding.Verdict == Fail || finding.Verdict == Warn
	})
}

// Finding looks a check up; nil if it was not made.
func (r *Report) Finding(check string) *Finding {
	at := slices.IndexFunc(r.Findings, func(finding Finding) bool { return finding.Check == check })
	if at < 0 {
		return nil
	}
	return &r.Findings[at]
}

// MendsByProgram puts the mends of all findings together, by program and place. A line that several findings want stands
// once: most configurations take it only once.
func (r *Report) MendsByProgram() []Mend {
	var all []Mend
	for _, program := range programs {
		for _, finding := range r.Findings {
			for _, mend := range finding.Mends {
				if mend.Program == program {
					all = addMend(all, mend)
				}
			}
		}
	}
	return all
}

func addMend(all []Mend, mend Mend) []Mend {
	same := func(other Mend) bool { return other.Program == mend.Program && other.Place == mend.Place }
	at := slices.IndexFunc(all, same)
	if at < 0 {
		return append(all, Mend{Program: mend.Program, Place: mend.Place, Lines: slices.Clone(mend.Lines)})
	}
	for _, block := range blocks(mend.Lines) {
		if !containsBlock(all[at].Lines, block) {
			all[at].Lines = append(all[at].Lines, block...)
		}
	}
	return all
}

// blocks cuts lines into what belongs together: a line and those below it that are indented or close its brace.
func blocks(lines []string) [][]string {
	var cut [][]string
	for i, line := range lines {
		isPart := i > 0 && (line == "}" || len(line) > 0 && (line[0] == ' ' || line[0] == '\t'))
		if isPart {
			cut[len(cut)-1] = append(cut[len(cut)-1], line)
		} else {
			cut = append(cut, []string{line})
		}
	}
	return cut
}

func containsBlock(lines, block []string) bool {
	for i := range lines {
		if i+len(block) <= len(lines) && slices.Equal(lines[i:i+len(block)], block) {
			return true
		}
	}
	return false
}
