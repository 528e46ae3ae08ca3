package io.thalweg.gateway.kafka.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/**
 * A request's header, and its body not parsed yet.
 *
 * @param clientId what the client calls itself, or null
 * @param body valid as long as the frame is
 */
public record RequestFrame(
        ApiKeys key,
        short version,
        int correlationId,
        @Nullable String clientId,
        FrameReadable body) {

    /**
     * Reads the header (version 0, 1 or 2, by api and version).
     *
     * @throws MalformedRequestException if there is none, or no such api
     */
    public static RequestFrame parse(ByteBuf frame) {
        try {
            return parseHeader(frame);
        } catch (MalformedRequestException malformed) {
            throw malformed;
        } catch (RuntimeException malformed) {
            throw new MalformedRequestException("request header cannot be parsed: cause=" + malformed.getMessage());
        }
    }

    private static RequestFrame parseHeader(ByteBuf frame) {
        FrameReadable bytes = new FrameReadable(frame.nioBuffer());
        short apiKey = bytes.readShort();
        short version = bytes.readShort();
        int correlationId = bytes.readInt();
        if (!ApiKeys.hasId(apiKey)) {
            throw new MalformedRequestException("api key is not known: key=" + apiKey);
        }
        ApiKeys key = ApiKeys.forId(apiKey);
        if (version < 0) {
            throw new MalformedRequestException("version is negative: api=" + key + " version=" + version);
        }
        String clientId = clientId(bytes);
        if (key.messageType.requestHeaderVersion(version) >= 2) {
            bytes.skipTaggedFields();
        }
        return new RequestFrame(key, version, correlationId, clientId, bytes);
    }

    /**
     * Parses the body.
     *
     * @throws MalformedRequestException if it is none
     */
    public ApiMessage message() {
        ApiMessageType type = key.messageType;
        ApiMessage message = type.newRequest();
        try {
            message.read(body, version);
        } catch (MalformedRequestException malformed) {
            throw malformed;
        } catch (RuntimeException malformed) {
            // The generated parsers throw whatever comes: an overlong varint, a count or a length that cannot be.
            throw new MalformedRequestException("request cannot be parsed: api=" + key + " version=" + version
                    + " cause=" + malformed.getMessage());
        }
        return message;
    }

    private static @Nullable String clientId(FrameReadable bytes) {
        // The client id keeps its old form, a 16-bit length, in every header version.
        short length = bytes.readShort();
        if (length < 0) {
            return null;
        }
        return new String(bytes.readArray(length), StandardCharsets.UTF_8);
    }
}
