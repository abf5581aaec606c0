package limits

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
)

func TestHandshakesOfAnAddressKeepToTheirRateForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond, seconds, asked = 20, 120, 100
		l := New(Options{HandshakesPerSecond: perSecond, ConnectionsPerAddress: 1e6, Connections: 1e6})
		admitted := 0
		for range seconds * asked {
			if _, err := l.Admit(request("192.0.2.1:5")); err == nil {
				admitted++
			} else if codeOf(t, err) != CodeRateLimited {
				t.Fatal(err)
			}
			time.Sleep(time.Second / asked)
		}
		const burst = perSecond * burstSeconds
		if least, most := burst+perSecond*(seconds-1), burst+perSecond*(seconds+1); admitted < least || admitted > most {
			t.Errorf("%d were admitted in %d s, expected %d to %d", admitted, seconds, least, most)
		}
	})
}

func TestAFloodOfOneAddressIsNothingToItsNeighbour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Options{HandshakesPerSecond: 10})
		refused := 0
		for range 1000 {
			for range 5 {
				if _, err := l.Admit(request("192.0.2.1:5")); err != nil {
					refused++
				}
			}
			leave, err := l.Admit(request("192.0.2.2:5"))
			must(t, err)
			leave()
			time.Sleep(time.Second / 5)
		}
		if refused == 0 {
			t.Error("the flood was let in")
		}
	})
}

func TestInventedForwardedAddressesChangeNothing(t *testing.T) {
	const attempts = 100_000
	for name, proxy := range map[string]Proxies{"no proxy": nil, "another one": proxies(t, "10.0.0.0/8")} {
		t.Run(name, func(t *testing.T) {
			l := New(Options{ConnectionsPerAddress: 5, HandshakesPerSecond: attempts, TrustedProxies: proxy})
			admitted := 0
			for i := range attempts {
				forwarded := fmt.Sprintf("%d.%d.%d.%d", 1+i%200, i>>16, i>>8&0xff, i&0xff)
				if _, err := l.Admit(request("192.0.2.1:5", "X-Forwarded-For", forwarded)); err == nil {
					admitted++
				}
			}
			if admitted != 5 || len(l.addresses.visitors) != 1 {
				t.Errorf("%d were admitted, %d addresses are known", admitted, len(l.addresses.visitors))
			}
		})
	}
	t.Run("behind a proxy that appends the true one", func(t *testing.T) {
		l := New(Options{ConnectionsPerAddress: 5, HandshakesPerSecond: attempts, TrustedProxies: proxies(t, "10.0.0.0/8")})
		admitted := 0
		for i := range attempts {
			forwarded := fmt.Sprintf("10.0.0.1, 9.%d.%d.%d, 203.0.113.9", i>>16, i>>8&0xff, i&0xff)
			if _, err := l.Admit(request("10.0.0.1:5", "X-Forwarded-For", forwarded)); err == nil {
				admitted++
			}
		}
		if admitted != 5 || len(l.addresses.visitors) != 1 {
			t.Errorf("%d were admitted, %d addresses are known", admitted, len(l.addresses.visitors))
		}
	})
}

func TestTheTableIsBounded(t *testing.T) {
	const strangers = 100_000
	l := New(Options{})
	stay, err := l.Admit(request("203.0.113.1:5"))
	must(t, err)
	for i := range strangers {
		leave, err := l.Admit(request(fmt.Sprintf("10.%d.%d.%d:5", i>>16, i>>8&0xff, i&0xff)))
		must(t, err)
		leave()
	}
	if known := len(l.addresses.visitors); known > maxVisitors {
		t.Errorf("%d addresses are known", known)
	}
	if _, known := l.addresses.visitors[customer(parseAddress("203.0.113.1"))]; !known {
		t.Error("an address with a connection was forgotten")
	}
	stay()
	if in := l.Connections(); in != 0 {
		t.Errorf("%d connections are left", in)
	}
}

func TestAnIPv6CustomerIsOne(t *testing.T) {
	l := New(Options{ConnectionsPerAddress: 10})
	for i := range 1000 {
		_, err := l.Admit(request(fmt.Sprintf("[2001:db8:1:2:%x::1]:5", i)))
		if refused := codeOf(t, err) != ""; refused != (i >= 10) {
			t.Fatalf("connection %d: %v", i, err)
		}
	}
	_, err := l.Admit(request("[2001:db8:1:3::1]:5"))
	must(t, err)
}

func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		ask     func(i int) *http.Request
		places  int
		setting string
	}{
		"in all": {
			Options{Connections: 7},
			func(i int) *http.Request { return request(fmt.Sprintf("192.0.2.%d:5", i)) }, 7, "--max-connections)",
		},
		"of an address": {
			Options{ConnectionsPerAddress: 3},
			func(int) *http.Request { return request("192.0.2.1:5") }, 3, "--max-connections-per-address",
		},
		"of a token": {
			Options{ConnectionsPerAddress: 4},
			func(i int) *http.Request {
				return request(fmt.Sprintf("192.0.2.%d:5", i), "Authorization", "bearer secret")
			}, 4, "token",
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := New(c.options)
			var leaves []func()
			for i := range c.places {
				leave, err := l.Admit(c.ask(i))
				must(t, err)
				leaves = append(leaves, leave)
			}
			_, err := l.Admit(c.ask(c.places))
			if codeOf(t, err) != CodeTooManyConnections || !strings.Contains(err.Error(), c.setting) {
				t.Fatalf("one too many is told %v", err)
			}
			leaves[0]()
			leaves[0]()
			again, err := l.Admit(c.ask(c.places))
			must(t, err)
			if _, err := l.Admit(c.ask(c.places)); err == nil {
				t.Error("one who left twice made two places")
			}
			again()
			for _, leave := range leaves {
				leave()
			}
			if l.Connections() != 0 || len(l.tokens) != 0 {
				t.Errorf("%d connections and %d tokens are left", l.Connections(), len(l.tokens))
			}
		})
	}
}

func TestNoTokenIsNotOneToken(t *testing.T) {
	l := New(Options{ConnectionsPerAddress: 2})
	for i := range 20 {
		for _, header := range []string{"", "Basic eDp5", "Bearer"} {
			_, err := l.Admit(request(fmt.Sprintf("192.0.%d.%d:5", len(header), i), "Authorization", header))
			must(t, err)
		}
	}
	if len(l.tokens) != 0 {
		t.Errorf("%d tokens are counted", len(l.tokens))
	}
}

func TestAdmitUnderPressure(t *testing.T) {
	l := New(Options{Connections: 50, ConnectionsPerAddress: 20, HandshakesPerSecond: 1e6})
	var crowd sync.WaitGroup
	for i := range 16 {
		crowd.Go(func() {
			for range 500 {
				leave, err := l.Admit(request(fmt.Sprintf("192.0.2.%d:5", i%3), "Authorization", "Bearer x"))
				if err != nil {
					continue
				}
				if in := l.Connections(); in > 50 {
					t.Errorf("%d are in", in)
				}
				leave()
			}
		})
	}
	crowd.Wait()
	if l.Connections() != 0 || l.addresses.idle.Len() != 3 {
		t.Errorf("%d connections, %d idle addresses", l.Connections(), l.addresses.idle.Len())
	}
}

func TestRequestsOfAnAddressKeepToTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond, seconds, asked = 5, 100, 50
		l := New(Options{RequestsPerSecond: perSecond})
		served := 0
		serve := l.Requests(func(http.ResponseWriter, *http.Request) error { served++; return nil })
		for range seconds * asked {
			if err := serve(nil, request("192.0.2.1:5")); err != nil && codeOf(t, err) != CodeRateLimited {
				t.Fatal(err)
			}
			time.Sleep(time.Second / asked)
		}
		const burst = perSecond * burstSeconds
		if least, most := burst+perSecond*(seconds-1), burst+perSecond*(seconds+1); served < least || served > most {
			t.Errorf("%d were served in %d s, expected %d to %d", served, seconds, least, most)
		}
	})
}

func TestBodiesPayWhatTheyWeigh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const perSecond, bodyBytes, seconds = 1000, 10_000, 200
		l := New(Options{BodyBytesPerSecond: perSecond, RequestsPerSecond: 1e6})
		var taken int64
		serve := l.Requests(func(_ http.ResponseWriter, r *http.Request) error {
			n, err := io.Copy(io.Discard, r.Body)
			if n != bodyBytes {
				t.Errorf("a body was cut after %d bytes", n)
			}
			taken += n
			return err
		})
		for began := time.Now(); time.Since(began) < seconds*time.Second; time.Sleep(50 * time.Millisecond) {
			asked := request("192.0.2.1:5")
			asked.Body = io.NopCloser(bytes.NewReader(make([]byte, bodyBytes)))
			err := serve(nil, asked)
			if err == nil {
				continue
			}
			refused := err.(*Refusal) //nolint:errorlint,forcetypeassert // promised
			if refused.RetryAfter < leastRetryAfter || refused.RetryAfter > bodyBytes/perSecond*time.Second+retryAfterSpread+time.Second {
				t.Fatalf("come back after %s", refused.RetryAfter)
			}
		}
		if most := int64(perSecond * (seconds + bodyBurstSeconds + bodyBytes/perSecond)); taken > most || taken < perSecond*(seconds-10) {
			t.Errorf("%d bytes were taken in %d s", taken, seconds)
		}
	})
}

func TestBodiesThatComeSlowlyHoldThePlacesOfTheirAddressOnly(t *testing.T) {
	const places, sent = 3, 10
	l := New(Options{BodiesPerAddress: places})
	push := func(peer string, serve func() error) error {
		asked := request(peer)
		asked.Body = io.NopCloser(strings.NewReader("x"))
		return l.Requests(func(http.ResponseWriter, *http.Request) error { return serve() })(nil, asked)
	}
	ends, begun, answers := make(chan struct{}), make(chan struct{}, sent), make(chan error, sent)
	for range sent {
		go func() {
			answers <- push("192.0.2.1:5", func() error {
				begun <- struct{}{}
				<-ends
				return nil
			})
		}()
	}
	for range sent - places {
		if err := <-answers; codeOf(t, err) != CodeRateLimited || err.(*Refusal).RetryAfter < time.Second { //nolint:errorlint,forcetypeassert // promised
			t.Errorf("one too many is told %v", err)
		}
	}
	must(t, push("192.0.2.2:5", func() error { return nil }))
	must(t, l.Requests(func(http.ResponseWriter, *http.Request) error { return nil })(nil, request("192.0.2.1:5")))
	close(ends)
	for range places {
		<-begun
		must(t, <-answers)
	}
	must(t, push("192.0.2.1:5", func() error { return nil }))
	if l.addresses.idle.Len() != 2 || l.Refused(Bodies) != sent-places {
		t.Errorf("%d idle addresses, %d refused", l.addresses.idle.Len(), l.Refused(Bodies))
	}
}

func TestRefusalsSpreadTheReturn(t *testing.T) {
	l := New(Options{Connections: 1})
	_, err := l.Admit(request("192.0.2.1:5"))
	must(t, err)
	seen := map[time.Duration]bool{}
	for range 100 {
		_, err := l.Admit(request("192.0.2.2:5"))
		refused := err.(*Refusal) //nolint:errorlint,forcetypeassert // promised
		if refused.RetryAfter < time.Second || refused.RetryAfter > 5*time.Second {
			t.Errorf("come back after %s", refused.RetryAfter)
		}
		seen[refused.RetryAfter] = true
	}
	if len(seen) < 50 {
		t.Errorf("100 refusals have %d times to come back", len(seen))
	}
}

func TestTheLogIsNotFlooded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		l := New(Options{Connections: 1, Logger: zerolog.New(&log)})
		_, err := l.Admit(request("192.0.2.1:5"))
		must(t, err)
		for range 400 {
			_, _ = l.Admit(request("192.0.2.2:5"))
			time.Sleep(10 * time.Millisecond)
		}
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 4 || l.Refused(Connections) != 400 {
			t.Fatalf("%d lines, %d refused:\n%s", len(lines), l.Refused(Connections), log.String())
		}
		if last := lines[3]; !strings.Contains(last, `"refused":301`) || !strings.Contains(last, `"client":"192.0.2.2"`) {
			t.Errorf("the last line is %s", last)
		}
	})
}

func TestShare(t *testing.T) {
	for _, c := range []struct{ files, wished, connections, sockets int }{
		{1 << 20, 16_000, 16_000, 4096},
		{20_000, 16_000, 16_000, 3800},
		{20_000, 19_800, 17_820, 1980},
		{1024, 16_000, 742, 82},
		{1024, 100, 100, 724},
		{64, 16_000, 29, 3},
	} {
		if connections, sockets := Share(c.files, c.wished); connections != c.connections || sockets != c.sockets {
			t.Errorf("%d files, %d wished: %d connections and %d sockets, expected %d and %d",
				c.files, c.wished, connections, sockets, c.connections, c.sockets)
		}
	}
	if MaxFiles() < 256 {
		t.Errorf("only %d files", MaxFiles())
	}
}
