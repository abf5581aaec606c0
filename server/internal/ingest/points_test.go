package ingest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestPointsBecomeEvents(t *testing.T) {
	tests := map[string]struct {
		body    string
		want    []string // the updates
		refused int
		ignored uint64
	}{
		"fields":                      {body: "m a=1,b=2.5", want: []string{"own@0 m.a=1 m.b=2.5"}},
		"kinds of numbers":            {body: "m a=1i,b=2u,c=-3e2", want: []string{"own@0 m.a=1 m.b=2 m.c=-300"}},
		"truth":                       {body: "m a=true,b=F", want: []string{"own@0 m.a=1 m.b=0"}},
		"text is counted":             {body: `m a="x",b=1,c="y z"`, want: []string{"own@0 m.b=1"}, ignored: 2},
		"tags":                        {body: "m,z=1,a=b f=1", want: []string{"own@0 m.f{a=b,z=1}=1"}},
		"the host":                    {body: "m,host=attic,a=b f=1", want: []string{"attic@0 m.f{a=b}=1"}},
		"a value that needs escapes":  {body: `m,a=x\,y\ z} f=1`, want: []string{`own@0 m.f{a=x\,y z\}}=1`}},
		"names of another grammar":    {body: `a-b\ c,x.y=1 d/e=1,1st=2,ü=3`, want: []string{"own@0 a_b_c.d_e{x_y=1}=1 a_b_c._1st{x_y=1}=2 a_b_c._{x_y=1}=3"}},
		"a name that begins with 1":   {body: "1m f=1", want: []string{"own@0 _1m.f=1"}},
		"a time":                      {body: "m f=1 1795348799999000000", want: []string{"own@-1 m.f=1"}},
		"a time is rounded":           {body: "m f=1 1795348799999500000", want: []string{"own@0 m.f=1"}},
		"points of one time":          {body: "m f=1\nn f=2", want: []string{"own@0 m.f=1 n.f=2"}},
		"comments and blank lines":    {body: "# c\n\n  \nm f=1\r\n", want: []string{"own@0 m.f=1"}},
		"a bad line spoils no other":  {body: "m f=1\nbad\nn f=2", want: []string{"own@0 m.f=1 n.f=2"}, refused: 1},
		"a bad field spoils its line": {body: "m f=1,g=nan\nn f=2", want: []string{"own@0 n.f=2"}, refused: 1},
		"too large a number":          {body: "m f=1e999", refused: 1},
		"two tags of one key":         {body: "m,a-b=1,a_b=2 f=1", refused: 1},
		"a time that is no number":    {body: "m f=1 12-3", refused: 1},
		"a time beyond all":           {body: "m f=1 99999999999999999999", refused: 1},
		"an empty tag":                {body: "m,a= f=1", refused: 1},
		"a text with a line break":    {body: "m a=\"x\ny\",f=1", want: []string{"own@0 m.f=1"}, ignored: 1},
		"broken UTF-8":                {body: "m,a=\xff f=1", refused: 1},
		"a control character":         {body: "m,a=\x01 f=1", refused: 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			bus := newLedger()
			batch := newService(bus).newBatch(context.Background(), 9)
			if err := batch.readPoints(iotest.OneByteReader(strings.NewReader(test.body)), 9); err != nil {
				t.Fatal(err)
			}
			answer := batch.close("")
			if diff := cmp.Diff(test.want, bus.lines()); diff != "" {
				t.Errorf("published: %s", diff)
			}
			if answer.RejectedCount != test.refused || batch.ignored != test.ignored {
				t.Errorf("ignored %d, answer %+v", batch.ignored, answer)
			}
		})
	}
}

func TestALineIsBounded(t *testing.T) {
	for name, line := range map[string]string{
		"text":      `m f="` + strings.Repeat("x", 4*maxEventBytes) + `"`,
		"tags":      "m" + strings.Repeat(",a=b", maxEventBytes) + " f=1",
		"one word":  strings.Repeat("x", 4*maxEventBytes),
		"an escape": strings.Repeat(`\,`, 2*maxEventBytes),
		"breaks":    `m f="` + strings.Repeat("\n", 4*maxEventBytes) + `"`,
	} {
		batch := newService(newLedger()).newBatch(context.Background(), 9)
		err := batch.readPoints(strings.NewReader("m f=1\n"+line+"\nn f=1\n"), 9)
		if answer := batch.close(""); !errors.Is(err, errPointTooLong) || answer.Accepted != 1 {
			t.Errorf("%s: %v, %+v", name, err, answer)
		}
	}
	batch := newService(newLedger()).newBatch(context.Background(), 9)
	if err := batch.readPoints(strings.NewReader(strings.Repeat("m f=1\n", maxEventBytes)), 9); err != nil {
		t.Errorf("many lines: %v", err)
	}
}

func TestABodyOfPointsThatFails(t *testing.T) {
	broken := errors.New("cable pulled")
	batch := newService(newLedger()).newBatch(context.Background(), 9)
	err := batch.readPoints(io.MultiReader(strings.NewReader("m f=1\nn f=2\no f"), iotest.ErrReader(broken)), 9)
	if answer := batch.close(""); !errors.Is(err, broken) || answer.Accepted != 2 || answer.RejectedCount != 0 {
		t.Errorf("%v, %+v", err, answer)
	}
}
