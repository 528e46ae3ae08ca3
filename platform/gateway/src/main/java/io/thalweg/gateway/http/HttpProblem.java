package io.thalweg.gateway.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.thalweg.gateway.json.JsonWriter;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.ThalwegException;

/** A failure as RFC 9457 tells it. An exception, so that it can travel in a Future. */
final class HttpProblem extends ThalwegException {
    private static final String INTERNAL =
            "the node failed to serve this request; its log has the cause. The request may or may not have had an effect";

    private final int status;

    HttpProblem(int status, ErrorCode error, String detail) {
        super(error, detail);
        this.status = status;
    }

    /** With the status that stands for the code. Of what is not a ThalwegException nothing is told. */
    static HttpProblem of(Throwable failure) {
        if (failure instanceof HttpProblem problem) {
            return problem;
        }
        if (failure instanceof ThalwegException known) {
            String message = known.getMessage();
            return new HttpProblem(HttpStatus.of(known.error()), known.error(), message == null ? "" : message);
        }
        return new HttpProblem(500, ErrorCode.UNKNOWN_SERVER_ERROR, INTERNAL);
    }

    static HttpProblem invalid(String detail) {
        return new HttpProblem(400, ErrorCode.INVALID_REQUEST, detail);
    }

    static HttpProblem unsupportedType(String found, String expected) {
        return new HttpProblem(
                415, ErrorCode.INVALID_REQUEST, "Content-Type=" + shown(found) + " found; " + expected + " expected");
    }

    static HttpProblem tooLarge(String what, long bytesMax) {
        return new HttpProblem(413, ErrorCode.MESSAGE_TOO_LARGE, what + " is larger than " + bytesMax + " bytes");
    }

    static HttpProblem unknownTopic(String topic) {
        return new HttpProblem(404, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic=" + shown(topic) + " does not exist");
    }

    static HttpProblem pushedBack(String detail) {
        return new HttpProblem(503, ErrorCode.THROTTLING_QUOTA_EXCEEDED, detail);
    }

    int status() {
        return status;
    }

    boolean retriable() {
        return error().retriable() && status != 404;
    }

    void write(JsonWriter json) {
        json.beginObject()
                .field("type", "about:blank")
                .field("title", HttpResponseStatus.valueOf(status).reasonPhrase())
                .field("status", status)
                .field("detail", getMessage())
                .field("errorCode", error().name())
                .field("retriable", retriable())
                .endObject();
    }

    /** What a client sent, short enough for a message. */
    static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "...";
    }
}
