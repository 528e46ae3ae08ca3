/** The driver, as a user's test has it. */
@NullMarked
package io.thalweg.streams.driver;

import org.jspecify.annotations.NullMarked;
