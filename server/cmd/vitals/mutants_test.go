package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"vitals/internal/stream/streamtest"
	"vitals/internal/wire"
)

// goodTexts are frames that a session takes. They ask for little and push to a host of their own.
var goodTexts = []string{
	`{"type":"subscribe","metrics":["cpu","load.*"],"backfill":0}`,
	`{"type":"subscribe","hosts":["web-1"],"metrics":["cpu"],"backfill":0.5,"interval":5,"envelope":true}`,
	`{"type":"subscribe","metrics":["memory"],"backfill":0,"since":{"web-1":{"epoch":"K7Q2M5RWXA3T","seq":1234}}}`,
	`{"type":"unsubscribe","hosts":["web-1","db-1"]}`,
	`{"type":"unsubscribe"}`,
	`{"type":"ping","id":7}`,
	`{"type":"publish","id":1,"events":[{"metric":"room.temp","value":21.3,"host":"mutant"}]}`,
	`{"type":"publish","events":[{"host":"mutant","metric":"a{b=c}","value":-1e9,"unit":"x","help":"y","timestamp":"2026-01-01T00:00:00Z"}]}`,
}

// lastPing is the id of the ping behind all mutants: who gets its pong has survived them all.
const lastPing = 424242

// breeder makes bad frames out of good ones.
type breeder struct {
	chance *rand.Rand
	codec  wire.Codec
	goods  [][]byte // payloads
}

// goodPayloads are goodTexts in a format.
func goodPayloads(t *testing.T, codec wire.Codec) [][]byte {
	t.Helper()
	var goods [][]byte
	for _, text := range goodTexts {
		frame, err := wire.JSON{}.DecodeClient([]byte(text))
		must(t, err)
		goods = append(goods, codec.Append(nil, frame))
	}
	return goods
}

// breed makes mutant number so and so, the same each time.
func breed(number int, codec wire.Codec, goods [][]byte) []byte {
	b := &breeder{chance: rand.New(rand.NewPCG(uint64(number), 7)), codec: codec, goods: goods}
	return b.mutant()
}

func opcodeOf(codec wire.Codec) byte {
	if codec.Binary() {
		return opBinary
	}
	return opText
}

// mutant is the bytes of a frame, or of a few that belong together, changed in the payload or anywhere.
func (b *breeder) mutant() []byte {
	payload := b.goods[b.chance.IntN(len(b.goods))]
	const inPayload, ways = 6, 12
	switch way := b.chance.IntN(ways); {
	case way < inPayload:
		return streamtest.Frame(fin|opcodeOf(b.codec), b.change(payload))
	case way == inPayload: // in fragments
		cut := b.chance.IntN(len(payload))
		return b.change(join(streamtest.Frame(opcodeOf(b.codec), payload[:cut]), streamtest.Frame(fin, payload[cut:])))
	case way == inPayload+1: // a control frame within a message
		cut := b.chance.IntN(len(payload))
		ping := streamtest.Frame(fin|opPing, payload[:min(cut, 125)])
		return b.change(join(streamtest.Frame(opcodeOf(b.codec), payload[:cut]), ping, streamtest.Frame(fin, payload[cut:])))
	case way == inPayload+2:
		return b.change(streamtest.Frame(fin|opPong, payload[:min(len(payload), 125)]))
	}
	return b.change(streamtest.Frame(fin|opcodeOf(b.codec), payload))
}

// change changes a few bytes.
func (b *breeder) change(good []byte) []byte {
	bad := slices.Clone(good)
	for range 1 + b.chance.IntN(3) {
		if len(bad) == 0 {
			return bad
		}
		at := b.chance.IntN(len(bad))
		length := min(b.chance.IntN(8), len(bad)-at)
		switch b.chance.IntN(7) {
		case 0:
			bad[at] ^= 1 << b.chance.IntN(8)
		case 1:
			bad[at] = byte(b.chance.Uint32())
		case 2:
			bad[at] = []byte{0, 0x7f, 0x80, 0xff, '"', '{', '[', ',', '9', '-'}[b.chance.IntN(10)]
		case 3:
			bad = slices.Delete(bad, at, at+length)
		case 4:
			bad = slices.Insert(bad, at, slices.Clone(bad[at:at+length])...)
		case 5:
			bad = slices.Insert(bad, at, byte(b.chance.Uint32()))
		default:
			other := b.goods[b.chance.IntN(len(b.goods))]
			from := b.chance.IntN(len(other))
			copy(bad[at:at+length], other[from:])
		}
	}
	return bad
}

// play sends a mutant and a ping behind a good handshake. Every frame that comes back must be one of the protocol, and the
// end must be one that the protocol knows. It survives when the ping is answered.
func play(mutant []byte, number int, address string, codec wire.Codec) (survives bool, err error) {
	conn, err := dialAs(number, address)
	if err != nil {
		return false, err
	}
	client := streamtest.Over(conn)
	defer client.CloseNow()
	if err := client.Write([]byte(sessionHandshake(address, codec))); err != nil {
		return false, err
	}
	if err := client.SkipHandshake(); err != nil {
		return false, err
	}
	_ = client.Write(mutant) // the server may hang up before it has it all
	_ = conn.CloseWrite()    // a frame that is not complete will never be
	for {
		opcode, payload, err := client.ReadFrame()
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return survives, errors.New("not ended")
		case err != nil && isBroken(err):
			return survives, nil
		case err != nil:
			return survives, err
		case opcode == opClose:
			return survives, judgeClose(payload)
		case opcode == opText || opcode == opBinary:
			pong, err := judge(payload, codec)
			if err != nil {
				return survives, err
			}
			survives = survives || pong
		}
	}
}

// isBroken reports whether reading ended because the connection did.
func isBroken(err error) bool {
	var network net.Error
	return errors.As(err, &network) || err.Error() == "EOF" || err.Error() == "unexpected EOF"
}

// judge reads a frame of the server's and reports whether it is the answer to the last ping.
func judge(message []byte, codec wire.Codec) (isLastPong bool, err error) {
	frame, err := codec.DecodeServer(message)
	if err != nil || frame == nil {
		return false, fmt.Errorf("told %q: %w", message, err)
	}
	pong, isPong := frame.(wire.Pong)
	return isPong && pong.ID == lastPing, nil
}

// judgeClose refuses the codes by which a server says that it failed itself.
func judgeClose(payload []byte) error {
	const noCode = 1005
	code := noCode
	if len(payload) >= 2 {
		code = int(payload[0])<<8 | int(payload[1])
	}
	allowed := []int{noCode, 1000, 1001, badFrame, badKind, badText, notAllowed, tooBig, 1010}
	if !slices.Contains(allowed, code) && (code < 3000 || code > 4999) {
		return fmt.Errorf("closed with %d", code)
	}
	return nil
}

// TestMutatedFramesHarmNobody sends good frames of sessions in both formats with a few bytes changed, inside the messages and
// in the frames of the WebSocket around them. Each costs its own connection at most.
func TestMutatedFramesHarmNobody(t *testing.T) {
	frames := attackSize(6_000, 1_000_000)
	codecs := []wire.Codec{wire.JSON{}, wire.CBOR{}}
	goods := map[wire.Codec][][]byte{}
	for _, codec := range codecs {
		goods[codec] = goodPayloads(t, codec)
	}
	program := start(t, "--handshake-rate=1000000", "--max-hosts=3", "--max-series-per-host=100", "--simulate-hosts=1")
	beside := moveIn(t, program.address)
	before := takeBaseline(t)
	began := time.Now()
	var survivors atomic.Int64
	attack(t, frames, func(number int) error {
		codec := codecs[number%len(codecs)]
		mutant := breed(number, codec, goods[codec])
		ping := streamtest.Frame(fin|opcodeOf(codec), codec.Append(nil, wire.Ping{ID: lastPing}))
		survives, err := play(join(mutant, ping), number, program.address, codec)
		if survives {
			survivors.Add(1)
		}
		if err != nil {
			return fmt.Errorf("%x: %w", mutant, err)
		}
		return nil
	})
	took := time.Since(began)
	beside.mustSeeMore(t)
	before.mustBeRestored(t)
	mustLogNoFault(t, program)
	t.Logf("%d mutated frames in %s, %d of them were taken; the neighbour saw %d ticks", frames, took.Round(time.Second),
		survivors.Load(), beside.rows.Load())
	if survivors.Load() == 0 {
		t.Error("no frame was so little changed that it was taken")
	}
}
