package io.thalweg.log.record;

/**
 * How far a reader goes with bytes that it did not write.
 *
 * @param inflatedBytesMax what one compressed batch may inflate to; all of it is held in memory while it is read
 * @param verifyChecksum whether each batch's CRC-32C is checked first
 */
public record ReadLimits(int inflatedBytesMax, boolean verifyChecksum) {

    private static final ReadLimits DEFAULTS = new ReadLimits(ValidationRules.INFLATED_BYTES_MAX, true);
    private static final ReadLimits TRUSTED = new ReadLimits(ValidationRules.INFLATED_BYTES_MAX, false);

    public ReadLimits {
        if (inflatedBytesMax < 1) {
            throw new IllegalArgumentException("bad limit: inflatedBytesMax=" + inflatedBytesMax);
        }
    }

    /** As much as the broker ever lets in, checksums verified. */
    public static ReadLimits defaults() {
        return DEFAULTS;
    }

    /** For bytes whose checksum was verified already. */
    public static ReadLimits trusted() {
        return TRUSTED;
    }
}
