package io.thalweg.console;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One file, ready to be sent.
 *
 * @param gzip null where compression would not make it smaller
 * @param etag strong, of the uncompressed form, with its quotes
 */
record Asset(String contentType, Buffer plain, @Nullable Buffer gzip, String etag) {

    static Asset of(String path, byte[] content) {
        byte[] packed = gzip(content);
        return new Asset(
                contentType(path),
                Buffer.buffer(content),
                packed.length < content.length ? Buffer.buffer(packed) : null,
                '"' + Digest.of(content).substring(0, 32) + '"');
    }

    /** Two representations must not share a strong validator. */
    String gzipEtag() {
        return etag.substring(0, etag.length() - 1) + "-gz\"";
    }

    private static String contentType(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1);
        return switch (extension) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalStateException("no content type is known for path=" + path);
        };
    }

    private static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(content.length);
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return packed.toByteArray();
    }
}
