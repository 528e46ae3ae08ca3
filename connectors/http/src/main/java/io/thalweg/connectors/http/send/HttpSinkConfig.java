package io.thalweg.connectors.http.send;

import io.thalweg.connectors.http.egress.RequestHeaders;
import io.thalweg.connectors.http.egress.StatusCodes;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Settings of an HTTP sink; {@code http-sink.schema.json} describes each. */
record HttpSinkConfig(
        UrlTemplate url,
        HttpMethod method,
        MultiMap headers,
        Body body,
        String contentType,
        int batchRecords,
        int batchBytes,
        Ordering ordering,
        int inFlightMax,
        long timeoutMillis,
        StatusCodes success,
        StatusCodes retry,
        long backoffMillis,
        long backoffMillisMax,
        long retryTimeoutMillis,
        int redirectsMax,
        int answerBytesMax,
        String idempotencyHeader,
        @Nullable String hmacSecret,
        String hmacHeader) {

    /** What a request carries. */
    enum Body {
        VALUE,
        ARRAY,
        NDJSON
    }

    /** What is never sent out of order. */
    enum Ordering {
        PARTITION,
        KEY,
        NONE
    }

    static HttpSinkConfig of(JsonObject config) {
        Body body = Body.valueOf(config.getString("body").toUpperCase(Locale.ROOT));
        String contentType = config.getString("content.type");
        String automatic = body == Body.NDJSON ? "application/x-ndjson" : "application/json";
        return new HttpSinkConfig(
                UrlTemplate.parse(config.getString("url"), body != Body.VALUE),
                HttpMethod.valueOf(config.getString("method")),
                RequestHeaders.parse(config.getString("headers")),
                body,
                contentType.equals("auto") ? automatic : contentType,
                body == Body.VALUE ? 1 : config.getInteger("batch.records"),
                config.getInteger("batch.bytes"),
                Ordering.valueOf(config.getString("ordering").toUpperCase(Locale.ROOT)),
                config.getInteger("max.in.flight"),
                config.getLong("timeout.ms"),
                StatusCodes.parse(config.getString("success.codes")),
                StatusCodes.parse(config.getString("retry.codes")),
                config.getLong("retry.backoff.ms"),
                config.getLong("retry.backoff.max.ms"),
                config.getLong("retry.timeout.ms"),
                config.getInteger("redirects.max"),
                config.getInteger("response.bytes"),
                config.getString("idempotency.header"),
                config.getString("hmac.secret"),
                config.getString("hmac.header"));
    }

    @Override
    public String toString() {
        return "HttpSinkConfig[secrets are not shown]";
    }
}
