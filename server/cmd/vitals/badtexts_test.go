package main

import (
	"fmt"
	"strings"
)

// badSessionTexts are text messages that no session takes.
func badSessionTexts() []string {
	texts := []string{
		// no JSON, or not one object
		``, ` `, `{`, `}`, `[]`, `[{"type":"ping","id":1}]`, `null`, `true`, `1`, `"ping"`, `{]`, `{"type"}`, `{"type":}`, `{"type":"ping",}`,
		`{"type":"ping" "id":1}`, `{type:"ping"}`, `{'type':'ping'}`, `{"type":"ping"}{"type":"ping"}`, `{"type":"ping"} x`,
		`{"type":"ping"}//`, `/**/{"type":"ping"}`, "\ufeff{\"type\":\"ping\"}", `{"type":"ping","id":NaN}`, `{"type":"ping","id":Infinity}`,
		`{"type":"ping","id":01}`, `{"type":"ping","id":+1}`, `{"type":"ping","id":0x1}`, `{"type":"pi` + "\x00" + `ng"}`, "{\"type\":\"pi\nng\"}",
		`{"type":"\q"}`, `{"type":"ping","id":1`, `{"type":"ping","id":"`, `{"":1}`, `{}`,
		// the type
		`{"type":""}`, `{"type":null}`, `{"type":1}`, `{"type":["ping"]}`, `{"type":{"type":"ping"}}`, `{"id":1}`, `{"type":"hello"}`,
		`{"type":"catalog"}`, `{"type":"snapshot"}`, `{"type":"update"}`, `{"type":"gap"}`, `{"type":"error"}`, `{"type":"pong"}`,
		`{"type":"publish"}`, `{"type":"Ping"}`, `{"type":"PING"}`, `{"type":" ping"}`, `{"type":"ping\u0000"}`, `{"Type":"ping"}`, `{"TYPE":"ping"}`,
		// fields that are not there, in another case, or twice
		`{"type":"ping","ID":1}`, `{"type":"ping","Id":1}`, `{"type":"ping","x":1}`, `{"type":"ping","hosts":[]}`, `{"type":"ping","":1}`,
		`{"type":"subscribe","host":"a"}`, `{"type":"subscribe","Hosts":["a"]}`, `{"type":"subscribe","interval":0.01}`, `{"type":"subscribe","id":1}`,
		`{"type":"unsubscribe","metrics":["a"]}`, `{"type":"unsubscribe","since":{}}`, `{"type":"ping","__proto__":{}}`,
		`{"type":"ping","type":"ping"}`, `{"type":"ping","type":"subscribe"}`, `{"type":"ping","id":1,"id":1}`, `{"type":"ping","id":1,"\u0069d":2}`,
		`{"type":"subscribe","hosts":[],"hosts":[]}`, `{"type":"subscribe","since":{"a":{"epoch":"e","seq":1},"a":{"epoch":"e","seq":2}}}`,
		`{"type":"subscribe","since":{"a":{"epoch":"e","seq":1,"seq":2}}}`, `{"type":"subscribe","since":{"a":{"epoch":"e","seq":1,"x":2}}}`,
		// numbers
		`{"type":"ping","id":-1}`, `{"type":"ping","id":1.5}`, `{"type":"ping","id":9007199254740992}`, `{"type":"ping","id":18446744073709551616}`,
		`{"type":"ping","id":1e30}`, `{"type":"ping","id":1e999}`, `{"type":"subscribe","backfill":-1}`, `{"type":"subscribe","backfill":-0.001}`,
		`{"type":"subscribe","backfill":1e9}`, `{"type":"subscribe","backfill":1e308}`, `{"type":"subscribe","backfill":1e309}`,
		`{"type":"subscribe","since":{"a":{"epoch":"e","seq":-1}}}`, `{"type":"subscribe","since":{"a":{"epoch":"e","seq":1.5}}}`,
		`{"type":"subscribe","since":{"a":{"epoch":"e","seq":9223372036854775808}}}`, `{"type":"subscribe","since":{"a":{"epoch":"e","seq":1e99}}}`,
		// epochs, hosts, globs
		`{"type":"subscribe","since":{"a":{"epoch":"","seq":1}}}`, `{"type":"subscribe","since":{"a":{"seq":1}}}`, `{"type":"subscribe","since":{"a":{}}}`,
		`{"type":"subscribe","since":{"a":null}}`, `{"type":"subscribe","since":{"a":{"epoch":"` + strings.Repeat("e", 65) + `","seq":1}}}`,
		`{"type":"subscribe","hosts":[""]}`, `{"type":"subscribe","hosts":["` + strings.Repeat("h", 254) + `"]}`,
		`{"type":"subscribe","hosts":[null]}`, `{"type":"subscribe","metrics":[""]}`, `{"type":"subscribe","metrics":[null]}`,
		`{"type":"subscribe","metrics":["` + strings.Repeat("*", 201) + `"]}`,
		// too many
		`{"type":"subscribe","metrics":[` + list(17, `"a"`) + `]}`, `{"type":"subscribe","metrics":[` + list(3000, `"a"`) + `]}`,
		`{"type":"subscribe","hosts":[` + list(129, `"a"`) + `]}`, `{"type":"unsubscribe","hosts":[` + list(129, `"a"`) + `]}`,
		`{"type":"subscribe","since":{` + positions(129) + `}}`,
		// echoes must stay short
		`{"type":"ping","` + strings.Repeat("k", 10_000) + `":1}`, `{"type":"ping","` + strings.Repeat(`"`, 1) + `":1}`,
		`{"type":"` + strings.Repeat("t", 10_000) + `"}`, strings.Repeat("z", 16_000), `{"type":"ping","id":"` + strings.Repeat("9", 16_000) + `"}`,
		`{"type":"ping","id":` + strings.Repeat("9", 16_000) + `}`,
	}
	return append(append(texts, wrongTypes()...), deepTexts()...)
}

// wrongTypes puts a value of each other type into each field.
func wrongTypes() []string {
	values := map[string]string{
		"string": `"x"`, "number": `7`, "array": `[1]`, "object": `{"a":1}`, "true": `true`,
	}
	fields := []struct{ frame, field, right string }{
		{"ping", "id", "number"},
		{"subscribe", "hosts", ""},
		{"subscribe", "metrics", ""},
		{"subscribe", "backfill", "number"},
		{"subscribe", "since", ""},
		{"unsubscribe", "hosts", ""},
	}
	var texts []string
	for _, field := range fields {
		for kind, value := range values {
			if kind != field.right {
				texts = append(texts, fmt.Sprintf(`{"type":%q,%q:%s}`, field.frame, field.field, value))
			}
		}
	}
	return texts
}

// deepTexts nest deeper than anything in the protocol does.
func deepTexts() []string {
	var texts []string
	for _, depth := range []int{9, 16, 100, 1000, 7000} {
		texts = append(texts,
			strings.Repeat("[", depth)+strings.Repeat("]", depth),
			`{"type":"subscribe","hosts":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+`}`,
			strings.Repeat("[", depth),
		)
	}
	for _, depth := range []int{9, 100, 2000} {
		texts = append(texts, `{"type":"subscribe","since":`+strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth)+`}`)
	}
	return texts
}

func list(count int, word string) string {
	return strings.TrimSuffix(strings.Repeat(word+",", count), ",")
}

func positions(count int) string {
	var words []string
	for i := range count {
		words = append(words, fmt.Sprintf(`"h%d":{"epoch":"e","seq":1}`, i))
	}
	return strings.Join(words, ",")
}
