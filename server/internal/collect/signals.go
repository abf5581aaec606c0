package collect

import "math"

// signals makes numbers that look like a machine at work: pure functions of a seed, a channel and the time, so that any
// moment can be asked for in any order. Times are unix seconds.
type signals struct {
	seed uint64
}

// channel tells independent signals of one machine apart.
type channel uint64

// hash spreads seed, channel and cell evenly over 64 bits (the finalizer of splitmix64).
func (s signals) hash(c channel, cell int64) uint64 {
	x := s.seed + uint64(c)*0x9e3779b97f4a7c15 + uint64(cell)*0xd1342543de82ef95
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// chance is a number from 0 to 1, the same for the whole cell.
func (s signals) chance(c channel, cell int64) float64 {
	return float64(s.hash(c, cell)>>11) / (1 << 53)
}

// wave goes smoothly from -1 to 1 and back, with a new height each period.
func (s signals) wave(c channel, at, period float64) float64 {
	cell := math.Floor(at / period)
	from, to := s.chance(c, int64(cell)), s.chance(c, int64(cell)+1)
	return 2*(from+(to-from)*smoothstep(at/period-cell)) - 1
}

// noise adds waves of shorter and shorter periods, each with less weight; it stays between -1 and 1.
func (s signals) noise(c channel, at float64, periods ...float64) float64 {
	sum, weight, weights := 0.0, 1.0, 0.0
	for i, period := range periods {
		sum += weight * s.wave(c+channel(i)<<32, at, period)
		weights += weight
		weight *= 0.6
	}
	return sum / weights
}

// spikes is 0 most of the time; now and then it jumps to at most 1 within a second and falls off in a few. The chance is
// that of one spike in a cell of the given length.
func (s signals) spikes(c channel, at, cellSeconds, chance float64) float64 {
	height := 0.0
	cell := int64(math.Floor(at / cellSeconds))
	for _, candidate := range []int64{cell - 1, cell} { // the spike of the last cell may still be falling off
		if s.chance(c, candidate) >= chance {
			continue
		}
		start := (float64(candidate) + s.chance(c+1<<40, candidate)) * cellSeconds
		if since := at - start; since >= 0 {
			size := 0.35 + 0.65*s.chance(c+2<<40, candidate)
			decay := 4 + 14*s.chance(c+3<<40, candidate)
			height = max(height, size*min(since, 1)*math.Exp(-max(since-1, 0)/decay))
		}
	}
	return height
}

const (
	hourSeconds = 3600.0
	daySeconds  = 24 * hourSeconds
)

// since is what has passed of a period of whole seconds: to the bit what [math.Mod] says, which takes many steps to it.
func since(at, period float64) float64 { return at - period*math.Floor(at/period) }

// workday is how busy people are, from about 0.2 at night, when other parts of the world are awake, to about 0.85 in the
// middle of a working day, UTC.
func workday(at float64) float64 {
	hour := since(at, daySeconds) / hourSeconds
	busy := 0.22 + 0.52*bump(hour, 10.5, 2.2) + 0.56*bump(hour, 15, 2.6) + 0.20*bump(hour, 20.5, 1.8)
	return busy * weekday(at)
}

// weekday is 1 from Monday to Friday and less at the weekend; it changes over the hour before and after midnight.
func weekday(at float64) float64 {
	weight := func(day float64) float64 {
		if number := since(day+4, 7); number == 0 || number == 6 { // the epoch began on a Thursday, number 4
			return 0.6
		}
		return 1
	}
	boundary := math.Round(at / daySeconds)
	along := (at-boundary*daySeconds)/hourSeconds/2 + 0.5
	before, after := weight(boundary-1), weight(boundary)
	return before + (after-before)*smoothstep(min(max(along, 0), 1))
}

// nightly is 1 while the backup of the night runs: it starts so many seconds after 02:00 UTC and ramps up and down.
func nightly(at, delay, duration float64) float64 {
	began := since(at, daySeconds) - 2*hourSeconds - delay
	const ramp = 40.0
	return smoothstep(min(max(min(began, duration-began)/ramp, 0), 1))
}

// bump is a hill of height 1 around the hour, on the circle of a day.
func bump(hour, center, width float64) float64 {
	distance := math.Abs(hour - center)
	distance = min(distance, 24-distance)
	return math.Exp(-(distance / width) * (distance / width))
}

func smoothstep(x float64) float64 { return x * x * (3 - 2*x) }

func clamp(x, least, most float64) float64 { return min(max(x, least), most) }
