package io.thalweg.broker.routing;

import io.thalweg.broker.storage.UndecidedAppendException;
import io.thalweg.coordination.group.api.MemberIdRequiredException;
import io.thalweg.log.error.ErrorCode;
import io.thalweg.log.error.InvalidRecordException;
import io.thalweg.log.error.InvalidRecordException.RecordError;
import io.thalweg.log.error.ThalwegException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/**
 * What an answer to a forwarded call is in, so that a failure arrives as what it was.
 *
 * <pre>
 *   0 | the answer
 *   1 | error: int16 | message: string | kind: int8 | detail of the kind
 *       kind 0: none; 1 undecided append: none; 2 member id required: string; 3 invalid records: list of (index int32, message string)
 * </pre>
 */
final class Envelope {

    private static final int ANSWER = 0;
    private static final int FAILURE = 1;

    private static final int PLAIN = 0;
    private static final int UNDECIDED = 1;
    private static final int MEMBER_ID = 2;
    private static final int RECORDS = 3;

    private Envelope() {}

    static Buffer answer(Buffer body) {
        return Buffer.buffer(body.length() + 1).appendByte((byte) ANSWER).appendBuffer(body);
    }

    static Buffer failure(Throwable failure) {
        WireWriter out = new WireWriter()
                .int8(FAILURE)
                .int16(ThalwegException.codeOf(failure).code())
                .string(String.valueOf(failure.getMessage()));
        if (failure instanceof UndecidedAppendException) {
            out.int8(UNDECIDED);
        } else if (failure instanceof MemberIdRequiredException required) {
            out.int8(MEMBER_ID).string(required.memberId());
        } else if (failure instanceof InvalidRecordException invalid) {
            out.int8(RECORDS)
                    .list(
                            invalid.recordErrors(),
                            (to, error) -> to.int32(error.batchIndex()).string(error.message()));
        } else {
            out.int8(PLAIN);
        }
        return out.buffer();
    }

    /** What was in it: the answer's bytes, or the failure. */
    static Future<Buffer> open(Buffer envelope) {
        if (envelope.length() > 0 && envelope.getByte(0) == ANSWER) {
            return Future.succeededFuture(envelope.slice(1, envelope.length()));
        }
        try {
            WireReader in = new WireReader(envelope);
            in.int8();
            return Future.failedFuture(failure(in));
        } catch (ThalwegException malformed) {
            return Future.failedFuture(malformed);
        }
    }

    private static ThalwegException failure(WireReader in) {
        ErrorCode error = ErrorCode.of(in.int16());
        String message = in.string();
        return switch (in.int8()) {
            case UNDECIDED -> new UndecidedAppendException(error, message);
            case MEMBER_ID -> new MemberIdRequiredException(in.string());
            case RECORDS ->
                new InvalidRecordException(
                        error, message, in.list(each -> new RecordError(each.int32(), each.string())));
            default -> new ThalwegException(error, message);
        };
    }
}
