/** The http connectors. */
@NullMarked
package io.thalweg.connectors.http;

import org.jspecify.annotations.NullMarked;
