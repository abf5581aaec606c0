package stream

import (
	"vitals/internal/hub"
	"vitals/internal/wire"
)

// encode makes the messages of a tick.
func (v *view) encode(tick *hub.Tick, from uint64) []byte {
	switch v.group.shape {
	case shapeSession:
		return v.encodeUpdate(tick, from)
	case shapeBatch:
		return v.encodeBatch(tick)
	default:
		return v.encodeEvents(tick, 0)
	}
}

// encodeUpdate makes the update frame. A sparse row of which the group sees nothing makes none; the next one covers it.
func (v *view) encodeUpdate(tick *hub.Tick, from uint64) []byte {
	const typicalValueBytes, headBytes = 9, 96
	update := wire.Update{Host: v.catalog.Host, Seq: tick.Seq, From: from, Timestamp: tick.Timestamp}
	if tick.Columns == nil {
		update.Values = v.pick(tick.Values)
	} else if update.Columns, update.Values = v.pickSparse(tick, tick.Values); len(update.Columns) == 0 {
		return nil
	}
	if v.group.envelope && tick.Min != nil {
		update.Min, update.Max = v.envelope(tick)
	}
	return v.group.appendFrame(make([]byte, 0, len(update.Values)*typicalValueBytes+headBytes), update)
}

func (v *view) envelope(tick *hub.Tick) (lowest, highest []float64) {
	if tick.Columns == nil {
		return v.pick(tick.Min), v.pick(tick.Max)
	}
	_, lowest = v.pickSparse(tick, tick.Min)
	_, highest = v.pickSparse(tick, tick.Max)
	return lowest, highest
}

// pick takes the values of the columns that the group sees out of a whole row.
func (v *view) pick(row []float64) []float64 {
	if len(v.columns) == len(row) {
		return row
	}
	picked := make([]float64, len(v.columns))
	for place, column := range v.columns {
		picked[place] = row[column]
	}
	return picked
}

// pickSparse takes them out of a row that has values for some columns only.
func (v *view) pickSparse(tick *hub.Tick, row []float64) (places []uint32, picked []float64) {
	for i, column := range tick.Columns {
		if place := v.places[column]; place != hidden {
			places, picked = append(places, uint32(place)), append(picked, row[i])
		}
	}
	return places, picked
}

// value is one value of a tick that the group sees.
type value struct {
	place int // among the columns of the view
	index int // in the tick's row
}

// present lists the values of a tick that are there and seen.
func (v *view) present(tick *hub.Tick) []value {
	found := make([]value, 0, min(len(tick.Values), len(v.columns)))
	if tick.Columns == nil {
		for place, column := range v.columns {
			found = append(found, value{place, int(column)})
		}
	} else {
		for index, column := range tick.Columns {
			if place := v.places[column]; place != hidden {
				found = append(found, value{int(place), index})
			}
		}
	}
	there := found[:0]
	for _, one := range found {
		if number := tick.Values[one.index]; number == number { // not NaN: the series has a value this tick
			there = append(there, one)
		}
	}
	return there
}

// encodeEvents makes one message an event, leaving out the first ones that the viewer has.
func (v *view) encodeEvents(tick *hub.Tick, have int) []byte {
	const typicalEventBytes = 90
	values := v.present(tick)
	if have >= len(values) {
		return nil
	}
	buffer := make([]byte, 0, len(values)*typicalEventBytes)
	for i, one := range values[have:] {
		id := messageID{serial: tick.Serial, part: have + i + 1, conflation: v.group.conflation}
		if id.part == len(values) {
			id.part = 0
		}
		start := len(buffer)
		buffer = v.appendEvent(v.group.framing.Begin(buffer), tick, one)
		buffer = v.group.framing.Seal(buffer, start, id)
	}
	return buffer
}

func (v *view) encodeBatch(tick *hub.Tick) []byte {
	values := v.present(tick)
	if len(values) == 0 {
		return nil
	}
	codec, framing := v.group.codec, v.group.framing
	buffer := codec.AppendBatchStart(framing.Begin(nil), len(values))
	for i, one := range values {
		if i > 0 {
			buffer = codec.AppendBatchNext(buffer)
		}
		buffer = v.appendEvent(buffer, tick, one)
	}
	return framing.Seal(codec.AppendBatchEnd(buffer), 0, messageID{serial: tick.Serial, conflation: v.group.conflation})
}

func (v *view) appendEvent(dst []byte, tick *hub.Tick, one value) []byte {
	key, number := v.keys[one.place], tick.Values[one.index]
	if v.group.envelope && tick.Min != nil {
		return v.group.codec.AppendEnvelope(dst, key, number, tick.Min[one.index], tick.Max[one.index], tick.Timestamp)
	}
	return v.group.codec.AppendEvent(dst, key, number, tick.Timestamp)
}
