SELECT ma_don_vi AS unit_code,
       ma_tthc AS procedure_code,
       muc_do AS level,
       tu_ngay AS active_from,
       den_ngay AS active_to,
       tich_hop_quoc_gia AS on_national_portal
  FROM onestop.cung_cap
