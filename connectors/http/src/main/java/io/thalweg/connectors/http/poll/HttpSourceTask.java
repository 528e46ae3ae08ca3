package io.thalweg.connectors.http.poll;

import io.thalweg.connectors.api.SourceBatch;
import io.thalweg.connectors.api.SourceRecord;
import io.thalweg.connectors.api.SourceTask;
import io.thalweg.connectors.api.SourceTaskContext;
import io.thalweg.connectors.http.egress.AnswerTooLongException;
import io.thalweg.connectors.http.egress.EgressAnswer;
import io.thalweg.connectors.http.egress.EgressClient;
import io.thalweg.connectors.http.egress.EgressDeniedException;
import io.thalweg.connectors.http.egress.EgressRequest;
import io.thalweg.connectors.http.egress.HostResolver;
import io.thalweg.connectors.http.egress.RetryAfter;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a URL again and again, one request at a time. Never blocks. */
public final class HttpSourceTask implements SourceTask {

    private static final Logger LOGGER = LoggerFactory.getLogger(HttpSourceTask.class);
    private static final long POLL_MILLIS = 1_000;
    private static final long BACKOFF_MILLIS_MAX = 300_000;
    private static final int FAILURES_COUNTED = 10;

    private final Function<Vertx, HostResolver> resolvers;

    private @Nullable SourceTaskContext context;
    private @Nullable HttpSourceConfig config;
    private @Nullable EgressClient client;
    private @Nullable SeenIds seen;
    private JsonObject partition = new JsonObject();

    /** What the next question carries. */
    private HttpPosition asked = HttpPosition.START;

    /** What may be stored: the position of the page that was handed out last. */
    private HttpPosition stored = HttpPosition.START;

    /** The page at hand, what of it is not handed out yet. */
    private final ArrayDeque<Page.Entry> entries = new ArrayDeque<>();

    /** Where the page at hand leads; null if there is none. */
    private @Nullable HttpPosition after;

    private boolean asking;
    private long askAtNanos = System.nanoTime();
    private int pages;
    private int failures;
    private @Nullable Throwable failure;
    private @Nullable Promise<Void> waiting;
    private boolean stopped;

    public HttpSourceTask() {
        this(HostResolver::system);
    }

    /** With names resolved otherwise. */
    public HttpSourceTask(Function<Vertx, HostResolver> resolvers) {
        this.resolvers = resolvers;
    }

    @Override
    public Future<Void> start(SourceTaskContext given) {
        try {
            HttpSourceConfig read = HttpSourceConfig.of(given.config());
            SeenIds ids = new SeenIds(read.idsMax());
            // As it was given: a token in it is neither stored nor shown, and may change without the position being
            // lost.
            partition = new JsonObject().put("url", given.shownConfig().getString("url"));
            JsonObject position = given.position(partition);
            asked = HttpPosition.of(position);
            stored = asked;
            ids.restore(position == null ? null : position.getString("seen"));
            context = given;
            config = read;
            seen = ids;
            client = new EgressClient(given.vertx(), given.policy(), resolvers.apply(given.vertx()), 1);
            return Future.succeededFuture();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    @Override
    public Future<SourceBatch> poll(int recordsMax, int bytesMax) {
        if (failure != null) {
            return Future.failedFuture(failure);
        }
        SourceBatch ready = take(recordsMax, bytesMax);
        if (ready != null) {
            return Future.succeededFuture(ready);
        }
        long now = System.nanoTime();
        if (!asking && now - askAtNanos >= 0) {
            ask();
        }
        long untilAsk = asking ? POLL_MILLIS : TimeUnit.NANOSECONDS.toMillis(askAtNanos - now) + 1;
        return wake(Math.max(1, Math.min(POLL_MILLIS, untilAsk))).map(woken -> {
            if (failure != null) {
                throw new IllegalStateException(failure.getMessage(), failure);
            }
            SourceBatch batch = take(recordsMax, bytesMax);
            return batch == null ? SourceBatch.none() : batch;
        });
    }

    /** Completes when an answer came or the time is over, whichever is first. */
    private Future<Void> wake(long millis) {
        Promise<Void> promise = Promise.promise();
        waiting = promise;
        long timer = context().vertx().setTimer(millis, fired -> promise.tryComplete());
        return promise.future().onComplete(woken -> {
            context().vertx().cancelTimer(timer);
            waiting = null;
        });
    }

    private void onProgress() {
        Promise<Void> promise = waiting;
        if (promise != null) {
            promise.tryComplete();
        }
    }

    /** Records of the page at hand, without those that are known. Null if there is none. */
    private @Nullable SourceBatch take(int recordsMax, int bytesMax) {
        HttpPosition reached = after;
        if (reached == null) {
            return null;
        }
        List<SourceRecord> records = new ArrayList<>();
        long bytes = 0;
        while (!entries.isEmpty() && records.size() < recordsMax && bytes < bytesMax) {
            Page.Entry entry = entries.remove();
            if (entry.id() == null || !seen().add(entry.id())) {
                records.add(entry.record());
                bytes += Json.encode(entry.record().value()).length();
            }
        }
        if (entries.isEmpty()) {
            boolean moved = !reached.equals(stored);
            stored = reached;
            after = null;
            if (records.isEmpty() && !moved) {
                return null;
            }
        }
        JsonObject offset = stored.toJson();
        if (config().id() != null) {
            offset.put("seen", seen().stored());
        }
        // A position says something even if it is the first page again.
        return new SourceBatch(partition, offset.isEmpty() ? offset.put("asked", true) : offset, records);
    }

    private void ask() {
        asking = true;
        HttpPosition at = asked;
        EgressRequest request;
        try {
            request = request(at);
        } catch (IllegalArgumentException e) {
            asking = false;
            failure = e;
            return;
        }
        client().send(request).compose(answer -> onAnswer(answer, at)).onComplete(done -> {
            asking = false;
            if (done.failed() && !stopped) {
                onFailure(done.cause(), -1);
            }
            onProgress();
        });
    }

    private EgressRequest request(HttpPosition at) {
        HttpSourceConfig settings = config();
        URI url = at.next() == null ? settings.url() : URI.create(at.next());
        if (at.cursor() != null) {
            String query = settings.cursorParam() + "=" + URLEncoder.encode(at.cursor(), StandardCharsets.UTF_8);
            String text = settings.url().toString();
            url = URI.create(text + (settings.url().getRawQuery() == null ? "?" : "&") + query);
        }
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        boolean sameOrigin = at.next() == null || EgressClient.sameOrigin(settings.url(), url);
        headers.set("Accept", "application/json").set("User-Agent", "Thalweg");
        if (sameOrigin) {
            for (var header : settings.headers()) {
                headers.set(header.getKey(), header.getValue());
            }
        }
        if (settings.conditional() && at.next() == null) {
            if (at.etag() != null) {
                headers.set("If-None-Match", at.etag());
            }
            if (at.lastModified() != null) {
                headers.set("If-Modified-Since", at.lastModified());
            }
        }
        return request(url, headers);
    }

    private EgressRequest request(URI url, MultiMap headers) {
        HttpSourceConfig settings = config();
        return new EgressRequest(
                settings.method(),
                url,
                headers,
                Buffer.buffer(settings.body()),
                settings.timeoutMillis(),
                settings.answerBytesMax(),
                settings.redirectsMax(),
                false);
    }

    private Future<Void> onAnswer(EgressAnswer answer, HttpPosition at) {
        int status = answer.status();
        if (status == 304 || status == 204) {
            later();
            return Future.succeededFuture();
        }
        if (status == 429 || status == 408 || status >= 500) {
            long after = RetryAfter.millis(answer.headers().get("Retry-After"), System.currentTimeMillis());
            onFailure(new java.io.IOException("host=" + answer.uri().getHost() + " status=" + status), after);
            return Future.succeededFuture();
        }
        if (status < 200 || status > 299) {
            failure = new IllegalStateException("question was refused: host="
                    + answer.uri().getHost() + " status=" + status + "; look at the connector's url and headers");
            return Future.succeededFuture();
        }
        // A long answer takes its time to parse.
        return context()
                .vertx()
                .executeBlocking(() -> Page.of(answer, config(), at), false)
                .map(page -> {
                    onPage(page);
                    return null;
                });
    }

    private void onPage(Page page) {
        failures = 0;
        entries.addAll(page.entries());
        after = page.resume();
        HttpPosition next = page.next();
        if (next != null && ++pages < config().pagesMax()) {
            asked = next;
            askAtNanos = System.nanoTime();
        } else {
            asked = next == null ? page.resume() : next;
            later();
        }
    }

    private void later() {
        pages = 0;
        failures = 0;
        askAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config().intervalMillis());
    }

    private void onFailure(Throwable cause, long afterMillis) {
        boolean forGood = cause instanceof EgressDeniedException
                || cause instanceof AnswerTooLongException
                || cause instanceof IllegalStateException;
        if (forGood) {
            failure = cause;
            return;
        }
        long doubled = config().intervalMillis() << Math.min(failures, FAILURES_COUNTED);
        failures++;
        long wait = Math.min(BACKOFF_MILLIS_MAX, Math.max(afterMillis, doubled));
        askAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Math.max(wait, config().intervalMillis()));
        if (Integer.bitCount(failures) == 1) {
            LOGGER.atWarn()
                    .addKeyValue("connector", context().connectorName())
                    .addKeyValue("failures", failures)
                    .addKeyValue("error", String.valueOf(cause.getMessage()))
                    .log("question was not answered; it is asked again");
        }
    }

    @Override
    public Future<Void> stop() {
        stopped = true;
        onProgress();
        return client == null ? Future.succeededFuture() : client.close();
    }

    private HttpSourceConfig config() {
        return Objects.requireNonNull(config, "not started");
    }

    private SourceTaskContext context() {
        return Objects.requireNonNull(context, "not started");
    }

    private EgressClient client() {
        return Objects.requireNonNull(client, "not started");
    }

    private SeenIds seen() {
        return Objects.requireNonNull(seen, "not started");
    }
}
