package stream

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"vitals/internal/stream/streamtest"
)

func TestFramesHaveTheHeadOfTheirLength(t *testing.T) {
	var image []byte
	lengths := []int{0, 1, 124, 125, 126, 127, 1000, 65_535, 65_536, 70_000}
	framing := webSocketFramingOf(formatJSON)
	for _, length := range lengths {
		start := len(image)
		image = append(framing.Begin(image), strings.Repeat("x", length)...)
		image = framing.Seal(image, start, messageID{})
	}
	client := streamtest.Over(readOnly{bytes.NewReader(image)})
	for _, length := range lengths {
		opcode, payload, err := client.ReadFrame()
		must(t, err)
		if opcode != streamtest.Text || len(payload) != length || len(bytes.Trim(payload, "x")) > 0 {
			t.Errorf("a message of %d bytes is read as opcode %x with %d", length, opcode, len(payload))
		}
	}
}

func TestTheOutboxKeepsTheOrderOfBytes(t *testing.T) {
	for _, step := range []int{1, 2, 3, 7, 100} {
		var box outbox
		var wanted, got []byte
		for round := range 20 {
			for _, chunk := range []string{"", "a", "bcd", strings.Repeat("e", round)} {
				box.add([]byte(chunk))
				wanted = append(wanted, chunk...)
			}
			for taken := 0; taken < round%5 && !box.isEmpty(); taken++ {
				head := box.head()
				got = append(got, head[:min(step, len(head))]...)
				box.advance(min(step, len(head)))
			}
		}
		for !box.isEmpty() {
			got = append(got, box.head()...)
			box.advance(len(box.head()))
		}
		if !slices.Equal(got, wanted) || box.length() != 0 {
			t.Errorf("in steps of %d: %q, expected %q", step, got, wanted)
		}
	}
}
