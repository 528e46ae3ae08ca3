package io.thalweg.connectors.http.poll;

import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.http.egress.EgressAnswer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one answer holds.
 *
 * @param next where to go on at once; null if this was the last page for now
 * @param resume where to go on after the interval
 */
record Page(List<Entry> entries, @Nullable HttpPosition next, HttpPosition resume) {

    private static final Pattern LINK =
            Pattern.compile("<([^>]*)>\\s*((?:;\\s*[a-zA-Z*]+\\s*=\\s*(?:\"[^\"]*\"|[^\",;\\s]*)\\s*)*)");
    private static final Pattern REL_NEXT = Pattern.compile(
            ";\\s*rel\\s*=\\s*(?:\"(?:[^\"]*\\s)?next(?:\\s[^\"]*)?\"|next)\\s*(?:;|$)", Pattern.CASE_INSENSITIVE);

    /**
     * A record and the id it is known by.
     *
     * @param id null if ids are not looked at
     */
    record Entry(SourceRecord record, @Nullable String id) {}

    /** @throws IllegalStateException says what is wrong with the answer */
    static Page of(EgressAnswer answer, HttpSourceConfig config, HttpPosition asked) {
        Object document;
        try {
            document = answer.body().length() == 0 ? new JsonArray() : Json.decodeValue(answer.body());
        } catch (DecodeException e) {
            throw new IllegalStateException(
                    "answer is not JSON: host=" + answer.uri().getHost() + " status=" + answer.status() + " bytes="
                            + answer.body().length());
        }
        List<Entry> entries = new ArrayList<>();
        Object found = config.records().queryJson(document);
        if (found instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                entries.add(entry(array.getValue(i), config));
            }
        } else if (found != null) {
            entries.add(entry(found, config));
        }
        String etag = config.conditional() ? answer.headers().get("ETag") : null;
        String modified = config.conditional() ? answer.headers().get("Last-Modified") : null;
        return turn(new HttpPosition(null, null, etag, modified), document, entries, answer, config, asked);
    }

    /** Where this page leads. */
    private static Page turn(
            HttpPosition first,
            @Nullable Object document,
            List<Entry> entries,
            EgressAnswer answer,
            HttpSourceConfig config,
            HttpPosition asked) {
        JsonPointer cursor = config.cursor();
        if (cursor != null) {
            String to = text(cursor.queryJson(document));
            if (to == null || to.isEmpty() || to.equals(asked.cursor())) {
                return new Page(entries, null, asked);
            }
            HttpPosition there = new HttpPosition(to, null, null, null);
            return new Page(entries, entries.isEmpty() ? null : there, there);
        }
        boolean onFirst = asked.next() == null;
        HttpPosition round = onFirst ? first : asked;
        String link = config.linkNext() ? linkNext(answer) : null;
        if (link != null && !link.equals(asked.next())) {
            HttpPosition there = new HttpPosition(null, link, round.etag(), round.lastModified());
            return new Page(entries, there, there);
        }
        // The last page: the next round begins with the first again, and costs nothing if that has not changed.
        return new Page(entries, null, new HttpPosition(null, null, round.etag(), round.lastModified()));
    }

    private static @Nullable String linkNext(EgressAnswer answer) {
        for (String header : answer.headers().getAll("Link")) {
            Matcher links = LINK.matcher(header);
            while (links.find()) {
                if (REL_NEXT.matcher(links.group(2)).find()) {
                    try {
                        return answer.uri().resolve(links.group(1)).toString();
                    } catch (IllegalArgumentException e) {
                        throw new IllegalStateException("link to the next page is malformed: host="
                                + answer.uri().getHost());
                    }
                }
            }
        }
        return null;
    }

    private static Entry entry(@Nullable Object value, HttpSourceConfig config) {
        JsonPointer key = config.key();
        JsonPointer timestamp = config.timestamp();
        JsonPointer id = config.id();
        SourceRecord record = new SourceRecord(
                config.topic(),
                -1,
                key == null ? null : text(key.queryJson(value)),
                value,
                List.of(),
                timestamp == null ? -1 : millis(timestamp.queryJson(value)));
        return new Entry(record, id == null ? null : text(id.queryJson(value)));
    }

    private static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        return value instanceof JsonObject || value instanceof JsonArray ? Json.encode(value) : value.toString();
    }

    private static long millis(@Nullable Object value) {
        if (value instanceof Number number) {
            return Math.max(-1, number.longValue());
        }
        try {
            return value == null
                    ? -1
                    : Math.max(
                            -1,
                            OffsetDateTime.parse(value.toString()).toInstant().toEpochMilli());
        } catch (DateTimeException e) {
            throw new IllegalStateException("timestamp of a record is neither a number nor an ISO 8601 instant");
        }
    }
}
