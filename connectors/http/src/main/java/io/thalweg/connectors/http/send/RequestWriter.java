package io.thalweg.connectors.http.send;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.thalweg.connectors.api.SinkRecord;
import io.thalweg.connectors.http.egress.EgressRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes the request that carries some records. */
final class RequestWriter {

    private static final String HMAC = "HmacSHA256";
    private static final JsonFactory FACTORY = new JsonFactory();

    private final HttpSinkConfig config;

    RequestWriter(HttpSinkConfig config) {
        this.config = config;
    }

    /** @throws UnsendableRecordException if one of them cannot be part of a request */
    EgressRequest write(List<SinkRecord> records) {
        Buffer body = body(records);
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.set("Content-Type", config.contentType());
        headers.set("User-Agent", "Thalweg");
        for (var header : config.headers()) {
            headers.set(header.getKey(), header.getValue());
        }
        if (!config.idempotencyHeader().isEmpty()) {
            headers.set(config.idempotencyHeader(), identity(records));
        }
        String secret = config.hmacSecret();
        if (secret != null) {
            headers.set(config.hmacHeader(), "sha256=" + signature(secret, body));
        }
        return new EgressRequest(
                config.method(),
                uri(config.url().url(records.get(0))),
                headers,
                body,
                config.timeoutMillis(),
                config.answerBytesMax(),
                config.redirectsMax(),
                true);
    }

    private static URI uri(String url) {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new UnsendableRecordException("URL is malformed with this record's values");
        }
    }

    /** The same for the same records: {@code topic-partition-offset}, of several {@code topic-partition-first-last}. */
    private static String identity(List<SinkRecord> records) {
        SinkRecord first = records.get(0);
        SinkRecord last = records.get(records.size() - 1);
        String identity = first.topicPartition() + "-" + first.offset();
        return records.size() == 1 ? identity : identity + "-" + last.offset();
    }

    private static String signature(String secret, Buffer body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no " + HMAC, e);
        }
    }

    private Buffer body(List<SinkRecord> records) {
        if (config.body() == HttpSinkConfig.Body.VALUE) {
            return Buffer.buffer(bytes(records.get(0).value()));
        }
        boolean array = config.body() == HttpSinkConfig.Body.ARRAY;
        Buffer body = Buffer.buffer();
        for (int i = 0; i < records.size(); i++) {
            body.appendString(array ? i == 0 ? "[" : "," : "")
                    .appendBytes(json(records.get(i).value()));
            body.appendString(array ? "" : "\n");
        }
        return array ? body.appendString("]") : body;
    }

    private static byte[] bytes(@Nullable Object value) {
        if (value == null) {
            return new byte[0];
        }
        if (value instanceof byte[] raw) {
            return raw;
        }
        return (value instanceof String text ? text : Json.encode(value)).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] json(@Nullable Object value) {
        if (!(value instanceof byte[] raw)) {
            return Json.encode(value).getBytes(StandardCharsets.UTF_8);
        }
        try (JsonParser parser = FACTORY.createParser(raw)) {
            if (parser.nextToken() != null) {
                parser.skipChildren();
                parser.finishToken();
                if (parser.nextToken() == null) {
                    return withoutNewlines(raw);
                }
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new UnsendableRecordException("value is not one JSON document, which body=array and body=ndjson need");
    }

    /** Newlines between tokens become blanks; within strings there are none. */
    private static byte[] withoutNewlines(byte[] json) {
        byte[] line = json;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                line = line == json ? json.clone() : line;
                line[i] = ' ';
            }
        }
        return line;
    }

    /** Roughly what a record adds to a body. */
    static int size(SinkRecord record) {
        Object value = record.value();
        if (value instanceof byte[] raw) {
            return raw.length;
        }
        return value instanceof String text
                ? text.length()
                : value == null ? 4 : Json.encode(value).length();
    }
}
