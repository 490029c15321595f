# Writes OUTPUT, which defines built_commit() of version.h, if it is not so already: a build after a
# commit compiles one small file anew. SOURCE is the folder of the repository.
execute_process(
  COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_QUIET)
if(NOT commit MATCHES "^[0-9a-f]+(-dirty)?$")
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "editors/cli/version.h"

namespace fimd {

std::string_view built_commit() {
  return "@commit@";
}

}  // namespace fimd
]])
