package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// badInput is what one client sends, and the close code that it must get.
type badInput struct {
	name  string
	raw   []byte
	plain bool // sent to the plain stream instead of a session
	code  int  // 0 when the connection must be cut without a word
}

// ws shortens the table.
const (
	fin          = streamtest.Final
	opText       = streamtest.Text
	opBinary     = streamtest.Binary
	opClose      = streamtest.Close
	opPing       = streamtest.Ping
	opPong       = streamtest.Pong
	limitBytes   = wire.MaxClientFrameBytes
	badFrame     = 1002
	badKind      = 1003
	badText      = 1007
	notAllowed   = 1008
	tooBig       = 1009
	badRequest   = 4500
	wantedInputs = 300
)

var opcodes = []byte{0, opText, opBinary, opClose, opPing, opPong}

func frame(first byte, payload string) []byte { return streamtest.Frame(first, []byte(payload)) }

func join(frames ...[]byte) []byte {
	var all []byte
	for _, frame := range frames {
		all = append(all, frame...)
	}
	return all
}

// badFrames are wrong whatever the stream is.
func badFrames() []badInput {
	var inputs []badInput
	add := func(code int, raw []byte, name string, args ...any) {
		inputs = append(inputs, badInput{name: fmt.Sprintf(name, args...), raw: raw, code: code})
	}
	for bits := byte(0x10); bits <= 0x70; bits += 0x10 {
		for _, opcode := range opcodes {
			add(badFrame, frame(fin|bits|opcode, "x"), "reserved bits %x, opcode %x", bits, opcode)
		}
	}
	for opcode := byte(0); opcode <= 0xf; opcode++ {
		if opcode > opBinary && opcode < opClose || opcode > opPong {
			add(badFrame, frame(fin|opcode, "x"), "reserved opcode %x", opcode)
			add(badFrame, frame(opcode, ""), "reserved opcode %x, not final", opcode)
		}
	}
	for _, opcode := range opcodes {
		for _, length := range []int{0, 5, 200} {
			raw := append(streamtest.Head(fin|opcode, false, uint64(length)), make([]byte, length)...)
			add(badFrame, raw, "unmasked, opcode %x, %d bytes", opcode, length)
		}
		for _, length := range []uint64{1 << 63, 1<<64 - 1} {
			add(badFrame, streamtest.Head(fin|opcode, true, length), "length %d, opcode %x", length, opcode)
		}
	}
	for _, opcode := range []byte{opClose, opPing, opPong} {
		for _, length := range []int{0, 5, 125} {
			add(badFrame, frame(opcode, strings.Repeat("\x03", length)), "control %x in fragments, %d bytes", opcode, length)
		}
		for _, length := range []uint64{126, 127, 1000, 65535, 65536, 1 << 20, 1 << 62} {
			add(badFrame, streamtest.Head(fin|opcode, true, length), "control %x of %d bytes", opcode, length)
		}
	}
	for _, code := range []uint16{0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535} {
		add(badFrame, streamtest.Frame(fin|opClose, binary.BigEndian.AppendUint16(nil, code)), "close code %d", code)
	}
	add(badFrame, frame(fin|opClose, "\x03"), "half a close code")
	add(badFrame, frame(fin, "x"), "a continuation of nothing")
	add(badFrame, frame(0, "x"), "a continuation of nothing that goes on")
	for _, opcode := range []byte{opText, opBinary} {
		add(badFrame, join(frame(opText, "{"), frame(fin|opcode, "}")), "a new message %x within one", opcode)
		add(badFrame, join(frame(opText, "{"), frame(0, " "), frame(opcode, "}")), "a new message %x after a fragment", opcode)
	}
	return append(inputs, badMessages()...)
}

// badMessages are good frames with what no stream takes.
func badMessages() []badInput {
	var inputs []badInput
	add := func(code int, raw []byte, name string, args ...any) {
		inputs = append(inputs, badInput{name: fmt.Sprintf(name, args...), raw: raw, code: code})
	}
	notUTF8 := []string{
		"\xff", "\xfe", "\x80", "a\xc3", "\xc3(", "\xe2\x82", "\xf0\x9f\x92", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80",
		"{\"type\":\"ping\",\"id\":1}\xff", "{\"type\":\"\xc0\"}",
	}
	for _, text := range notUTF8 {
		add(badText, frame(fin|opText, text), "text %q", text)
		add(badText, join(frame(opText, text[:1]), frame(fin, text[1:])), "text %q in fragments", text)
	}
	for _, size := range []int{0, 5, 200, limitBytes, limitBytes + 1, 2 * limitBytes} {
		add(badKind, frame(fin|opBinary, strings.Repeat("x", size)), "binary of %d bytes", size)
	}
	add(badKind, join(frame(opBinary, "x"), frame(fin, "y")), "binary in fragments")
	add(badKind, append(streamtest.Head(fin|opBinary, true, 1<<62), 'x'), "binary that claims 2^62 bytes")
	for _, size := range []int{limitBytes + 1, limitBytes + 100, 4 * limitBytes} {
		add(tooBig, frame(fin|opText, strings.Repeat(" ", size)), "text of %d bytes", size)
	}
	for _, claim := range []uint64{limitBytes + 1, 1 << 20, 1 << 31, 1 << 62} {
		raw := append(streamtest.Head(fin|opText, true, claim), streamtest.Mask(make([]byte, limitBytes+1))...)
		add(tooBig, raw, "text that claims %d bytes", claim)
	}
	for _, pieces := range []int{2, 17, 200} {
		raw := frame(opText, " ")
		for range pieces {
			raw = append(raw, frame(0, strings.Repeat(" ", limitBytes/pieces+1))...)
		}
		add(tooBig, append(raw, frame(fin, " ")...), "too much text in %d fragments", pieces)
	}
	return inputs
}

// plainData is fine as WebSocket messages, but the plain stream takes none.
func plainData() []badInput {
	var inputs []badInput
	for _, text := range []string{"", "x", "hello", `{"type":"subscribe"}`, `{"type":"ping","id":1}`, strings.Repeat("é", limitBytes/2)} {
		inputs = append(inputs,
			badInput{fmt.Sprintf("plain stream gets %.30q", text), frame(fin|opText, text), true, notAllowed},
			badInput{fmt.Sprintf("plain stream gets %.30q in fragments", text), join(frame(opText, text), frame(fin, "")), true, notAllowed})
	}
	return inputs
}

// stalled begin a frame and never end it.
func stalled() []badInput {
	whole := frame(fin|opText, strings.Repeat(" ", 300)) // no part is so long that the pong of a heartbeat completes it
	var inputs []badInput
	for _, part := range []int{1, 2, 3, 4, 7, 8, 9, 100, 280} {
		for _, plain := range []bool{false, true} {
			inputs = append(inputs, badInput{fmt.Sprintf("%d of %d bytes, plain %v", part, len(whole), plain), whole[:part], plain, 0})
		}
	}
	open := frame(opText, "{")
	return append(inputs, badInput{"a message that is never final", open, false, 0},
		badInput{"a message that is never final, with a ping", join(open, frame(fin|opPing, "x")), false, 0},
		badInput{"a control frame without its end", frame(fin|opPing, "1234")[:7], false, 0})
}

func allInputs() []badInput {
	inputs := append(badFrames(), plainData()...)
	for _, input := range badFrames() {
		input.plain = true
		inputs = append(inputs, input)
	}
	for _, text := range badSessionTexts() {
		inputs = append(inputs, badInput{fmt.Sprintf("session gets %.60q", text), frame(fin|opText, text), false, badRequest})
	}
	return append(inputs, stalled()...)
}

// send plays one bad client and compares how it ends. A bad request must be told before the close.
func (b badInput) send(address string) error {
	client, err := b.open(address)
	if err != nil {
		return err
	}
	defer client.CloseNow()
	_ = client.Write(b.raw) // the server may hang up before it has it all
	var last []byte
	for {
		message, err := client.ReadText()
		if err == nil {
			last = message
			continue
		}
		if code := streamtest.CodeOf(err); code != b.code {
			return fmt.Errorf("%s: closed with %d, expected %d (%w)", b.name, code, b.code, err)
		}
		if b.code == badRequest {
			return b.checkTold(last)
		}
		if b.code == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
			return fmt.Errorf("%s: not cut", b.name)
		}
		return nil
	}
}

func (b badInput) open(address string) (*streamtest.Client, error) {
	if b.plain {
		return streamtest.Dial(address, "/ws?batch=1&metrics=cpu")
	}
	client, _, err := streamtest.OpenSession(address, "/ws")
	return client, err
}

func (b badInput) checkTold(last []byte) error {
	frame, err := wire.JSON{}.DecodeServer(last)
	if err != nil {
		return fmt.Errorf("%s: told %s: %w", b.name, last, err)
	}
	told, isError := frame.(wire.Error)
	if !isError || told.Message == "" || told.Code != wire.CodeBadRequest && told.Code != wire.CodeTooMany {
		return fmt.Errorf("%s: told %s", b.name, last)
	}
	const mostBytes = 400
	if len(last) > mostBytes {
		return fmt.Errorf("%s: told at length: %s", b.name, last)
	}
	return nil
}

func TestMalformedInputGetsItsCodeAndHarmsNobody(t *testing.T) {
	inputs := allInputs()
	if len(inputs) < wantedInputs {
		t.Fatalf("only %d inputs", len(inputs))
	}
	program := start(t)
	control, hello, err := streamtest.OpenSession(program.address, "/ws")
	must(t, err)
	defer control.CloseNow()
	ledger := streamtest.Ledger{Host: hello.Hosts[0].Name}
	must(t, control.Send(wire.Subscribe{}))
	must(t, ledger.Follow(control, func() bool { return ledger.Rows > 0 }))
	goroutines, files := runtime.NumGoroutine(), openFiles(t)

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for err := range sendAll(program.address, inputs) {
			t.Error(err)
		}
	}()
	must(t, ledger.Follow(control, func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	}))
	if ledger.Dropped != 0 || ledger.Restarts != 0 {
		t.Errorf("the control session missed %d ticks", ledger.Dropped)
	}
	t.Logf("%d inputs, the control session saw %d ticks beside them", len(inputs), ledger.Rows)
	eventually(t, "no goroutine of theirs is left", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "no file of theirs is left", func() bool { return openFiles(t) <= files })
}

// sendAll sends all inputs, the stalled ones each beside the others, and gives what went wrong.
func sendAll(address string, inputs []badInput) <-chan error {
	const atOnce = 16
	failures, waiting := make(chan error), make(chan struct{}, atOnce)
	var senders sync.WaitGroup
	go func() {
		defer close(failures)
		for _, input := range inputs {
			if input.code != 0 {
				waiting <- struct{}{}
			}
			senders.Go(func() {
				if err := input.send(address); err != nil {
					failures <- err
				}
				if input.code != 0 {
					<-waiting
				}
			})
		}
		senders.Wait()
	}()
	return failures
}

func openFiles(t *testing.T) int {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(files)
}

func TestAGoodCloseIsAnswered(t *testing.T) {
	address := start(t).address
	for _, code := range []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4999} {
		client, _, err := streamtest.OpenSession(address, "/ws")
		must(t, err)
		must(t, client.Write(streamtest.Frame(fin|opClose, append(binary.BigEndian.AppendUint16(nil, code), "bye"...))))
		if got := streamtest.CodeOf(client.ReadToEnd()); got != int(code) {
			t.Errorf("close %d is answered by %d", code, got)
		}
		client.CloseNow()
	}
}
