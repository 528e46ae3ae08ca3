package io.thalweg.connectors.runtime.transform;

import org.jspecify.annotations.Nullable;

/** One step. */
interface Transform {

    /**
     * The record as it goes on; null leaves it out.
     *
     * @throws io.thalweg.connectors.runtime.convert.ConversionException if the record does not fit
     */
    @Nullable
    TransformRecord apply(TransformRecord record);
}
