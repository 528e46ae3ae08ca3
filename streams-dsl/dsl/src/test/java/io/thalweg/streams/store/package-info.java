/** Stores alone. */
@NullMarked
package io.thalweg.streams.store;

import org.jspecify.annotations.NullMarked;
