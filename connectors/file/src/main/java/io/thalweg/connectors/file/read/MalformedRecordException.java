package io.thalweg.connectors.file.read;

/** A record that cannot be read, and will not be better next time. The message says what is wrong and where. */
public final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MalformedRecordException(String message) {
        super(message);
    }

    /** Adds where it was. */
    MalformedRecordException at(String file, long line, long position) {
        return new MalformedRecordException(getMessage() + ": file=" + file + " line=" + line + " position=" + position
                + "; mend the file, or set malformed=skip");
    }
}
